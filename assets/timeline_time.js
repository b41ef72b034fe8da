// What is in view of a timeline: addresses, zoom, buckets, the marks of its axis. Times in seconds. Pure.

export const SPANS = { "1h": 3600, "6h": 21_600, "1d": 86_400, "7d": 604_800, "30d": 2_592_000 };
export const SPAN = "1d";
const UNITS = { s: 1, m: 60, h: 3600, d: 86_400 };
const LEAST_S = 60;
const MOST_S = 40 * 86_400;
const LATEST_S = 7_000_000_000;
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800];
const MOST_BUCKETS = 240; // in view; as many again lie beside it
const LABEL_PX = 84;
const WEEK_S = 604_800;
const MONDAY_S = 4 * 86_400; // 1970 began on a Thursday

/** `{view, from, span}` of an address; `from` null: the present stays in the middle. */
export function readView(search) {
  const params = new URLSearchParams(search);
  const found = /^(\d{1,7})([smhd])$/.exec(params.get("span") ?? "");
  const from = Date.parse(params.get("from") ?? "") / 1000;
  return {
    view: params.get("view") === "month" ? "month" : "timeline",
    span: found ? clamp(Number(found[1]) * UNITS[found[2]], LEAST_S, MOST_S) : SPANS[SPAN],
    from: from >= 0 && from < LATEST_S - MOST_S ? from : null,
  };
}

/** The query of an address with this in view; what else it says stays. */
export function writeView(search, { view, from, span }) {
  const params = new URLSearchParams(search);
  const set = (name, value) => (value == null ? params.delete(name) : params.set(name, value));
  set("view", view === "month" ? view : null);
  set("from", from == null ? null : iso(from));
  set("span", span === SPANS[SPAN] ? null : nameOf(span));
  const text = params.toString().replaceAll("%3A", ":");
  return text && `?${text}`;
}

const iso = (at) => new Date(Math.round(at) * 1000).toISOString().replace(".000Z", "Z");
const nameOf = (span) => Object.keys(SPANS).find((name) => SPANS[name] === span) ?? `${Math.round(span)}s`;
const clamp = (value, least, most) => Math.max(least, Math.min(most, value));

/** Where what is in view begins: the present is in the middle, unless the address says otherwise. */
export const beginOf = ({ from, span }, now) => from ?? now - span / 2;

/** The view after zooming by a factor around the instant `at`, which stays where it is. */
export function zoomed({ from, span }, factor, at) {
  const wide = clamp(span * factor, LEAST_S, MOST_S);
  return { from: bounded(at - ((at - from) * wide) / span, wide), span: wide };
}

/** The view after moving by some seconds. */
export const panned = ({ from, span }, by) => ({ from: bounded(from + by, span), span });

const bounded = (from, span) => clamp(from, 0, LATEST_S - 2 * MOST_S - span);

/** How long a bucket is where so much is in view. */
export const bucketOf = (span) => STEPS.find((step) => span / step <= MOST_BUCKETS) ?? STEPS.at(-1);

/** How long a bucket is, in words: `10 m`, `1 h`. */
export function lengthOf(bucket) {
  const unit = Object.keys(UNITS).findLast((each) => bucket % UNITS[each] === 0);
  return `${bucket / UNITS[unit]} ${unit}`;
}

/** The local zone's distance to UTC at an instant. */
const offsetAt = (at) => -60 * new Date(at * 1000).getTimezoneOffset();

/** An instant brought down to a whole step by the clock of the viewer's zone. */
function floored(at, step) {
  const first = step === WEEK_S ? MONDAY_S : 0;
  const shown = Math.floor((at + offsetAt(at) - first) / step) * step + first;
  // The clock may be turned between the two.
  return shown - offsetAt(shown - offsetAt(at));
}

/** What to ask for where this is in view: half as much again lies on both sides, so that a move finds it. */
export function wantedFor({ from, span }) {
  const bucket = bucketOf(span);
  const begin = Math.max(0, floored(from - span / 2, bucket));
  return { from: begin, to: begin + Math.ceil((2 * span) / bucket + 1) * bucket, bucket };
}

/** Whether what was asked for still is enough for this view. */
export const covers = (wanted, { from, span }) =>
  wanted?.bucket === bucketOf(span) && from - wanted.from >= Math.min(span / 8, from) && wanted.to - (from + span) >= span / 8;

/** Marks of an axis so many px wide: `[{at, text, strong}]`; `strong` ones begin a day. */
export function marks({ from, span }, px) {
  const step = STEPS.find((each) => (each / span) * px >= LABEL_PX) ?? STEPS.at(-1);
  const found = [];
  for (let at = floored(from, step); at < from + span; at = floored(at + 1.5 * step, step)) {
    if (at >= from) found.push({ at, ...labelled(at, step) });
  }
  return found;
}

function labelled(at, step) {
  const date = new Date(at * 1000);
  const strong = date.getHours() === 0 && date.getMinutes() === 0 && date.getSeconds() === 0;
  if (strong) return { strong, text: date.toLocaleDateString("en", { weekday: "short", month: "short", day: "numeric" }) };
  return { strong, text: date.toLocaleTimeString("en", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...(step < 60 && { second: "2-digit" }) }) };
}

/** An instant in words, by the clock of the viewer's zone. */
export function said(at, seconds = at % 60 !== 0) {
  const date = new Date(at * 1000);
  const year = date.getFullYear() === new Date().getFullYear() ? {} : { year: "numeric" };
  return date.toLocaleString("en", { month: "short", day: "numeric", ...year, hour: "2-digit", minute: "2-digit", ...(seconds && { second: "2-digit" }), hourCycle: "h23" });
}

/** The days of the month in which an instant lies: `[{from, to}]`, from midnight to midnight. */
export function daysOf(at) {
  const first = new Date(at * 1000);
  const midnight = (day) => new Date(first.getFullYear(), first.getMonth(), day).getTime() / 1000;
  const days = [];
  for (let day = 1; new Date(midnight(day) * 1000).getMonth() === first.getMonth(); day += 1) days.push({ from: midnight(day), to: midnight(day + 1) });
  return days;
}

/** The first instant of the month that is so many months away. */
export function monthAway(at, by) {
  const date = new Date(at * 1000);
  return new Date(date.getFullYear(), date.getMonth() + by, 1).getTime() / 1000;
}

/** What to ask for to know each of these days: a stretch for each row of days of the same length. */
export function wantedForDays(days) {
  const wanted = [];
  for (const { from, to } of days) {
    const last = wanted.at(-1);
    if (last?.bucket === to - from) last.to = to;
    else wanted.push({ from, to, bucket: to - from });
  }
  return wanted;
}
