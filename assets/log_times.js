// When a line was printed, in the ways that a reader may choose; and a place that somebody types.

/** The ways, by the name under which the choice is kept. */
export const TIMES = { since: "Since the start", clock: "Clock time", ago: "How long ago", off: "No times" };

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 });
const local = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium", hourCycle: "h23" });

/** `+1.204 s`; from a minute on `+12 m 04.3 s`. */
export function offset(ms) {
  if (!(ms > 0)) return "+0.000 s";
  if (ms < 60_000) return `+${(ms / 1000).toFixed(3)} s`;
  const tenths = Math.floor(ms / 100);
  return `+${Math.floor(tenths / 600)} m ${((tenths % 600) / 10).toFixed(1).padStart(4, "0")} s`;
}

/** `12 s ago`, `3 m ago`, `2 h ago`, `5 d ago`. */
export function ago(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

/** What stands before a line that was printed `at`, in ms; `origin` is when the first one was. */
export function shown(way, at, origin, now) {
  if (!at || way === "off") return "";
  if (way === "clock") return clock.format(at);
  return way === "ago" ? ago(now - at) : offset(at - (origin ?? at));
}

export const inFull = (ms) => `${local.format(ms)} · ${new Date(ms).toISOString().slice(0, -1).replace("T", " ")} UTC`;

const SINCE = /^\+\s*(?:(\d+)\s*h)?\s*(?:(\d+)\s*m(?:in)?)?\s*(?:(\d+(?:\.\d+)?)\s*s?)?$/;
const CLOCK = /^(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?$/;

/**
 * `{line}` or `{ms}` for what somebody typed: `1200`, `1,200`, `+90 s`, `+1 m 30 s`, `12:04:05` (on the day of the
 * first line), or a date and time; null for anything else.
 */
export function placeOf(typed, origin) {
  const text = typed.trim();
  if (/^\d[\d,. ]*$/.test(text)) return { line: Number(text.replace(/[,. ]/g, "")) };
  const since = SINCE.exec(text);
  if (since && since.slice(1).some(Boolean) && origin) {
    const [hours, minutes, seconds] = since.slice(1).map((part) => Number(part ?? 0));
    return { ms: origin + ((hours * 60 + minutes) * 60 + seconds) * 1000 };
  }
  const time = CLOCK.exec(text);
  if (time && origin) {
    const ms = new Date(origin).setHours(Number(time[1]), Number(time[2]), 0, Number(time[3] ?? 0) * 1000);
    // A run that went on past midnight: the next time that the clock showed this.
    return { ms: ms + 60_000 < origin ? ms + 86_400_000 : ms };
  }
  const ms = /\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text.replace(" ", "T")) : NaN;
  return Number.isNaN(ms) ? null : { ms };
}
