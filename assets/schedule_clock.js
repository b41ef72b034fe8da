// Instants as a clock shows them.

const PARTS = { weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
const formats = new Map();

/** The zone of this browser. */
export const ownZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

/** `Mon 30 Nov 2026, 09:00`, as the clock of this browser shows it. */
export const onOwnClock = (at) => onClockOf(at, ownZone());

/** The same without the year, where that is this year's. */
export const shortly = (at) => onOwnClock(at).replace(` ${new Date().getFullYear()},`, ",");

/** The same by the clock of a zone; by UTC, and saying so, where the browser does not know the zone. */
export function onClockOf(at, zone) {
  const format = formatOf(zone);
  if (!format) return `${onClockOf(at, "UTC")} UTC`;
  const parts = Object.fromEntries(format.formatToParts(new Date(at)).map(({ type, value }) => [type, value]));
  const seconds = parts.second === "00" ? "" : `:${parts.second}`;
  return `${parts.weekday} ${parts.day} ${parts.month} ${parts.year}, ${parts.hour}:${parts.minute}${seconds}`;
}

function formatOf(zone) {
  if (!formats.has(zone)) {
    try {
      formats.set(zone, new Intl.DateTimeFormat("en-GB", { ...PARTS, timeZone: zone }));
    } catch {
      formats.set(zone, null);
    }
  }
  return formats.get(zone);
}
