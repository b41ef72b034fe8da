// Time zones by their IANA names, and what their clocks show.

const HOUR_MS = 3_600_000;
const formats = new Map();

/** The zone of the browser. */
export const ownZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone ?? "UTC";

/** Every zone that the browser knows. */
export const allZones = () => [...new Set(["UTC", ...(Intl.supportedValuesOf?.("timeZone") ?? [])])];

/** Whether there is such a zone. */
export function isZone(name) {
  try {
    return Boolean(name.trim() && format(name.trim()));
  } catch {
    return false;
  }
}

function format(zone) {
  if (!formats.has(zone)) {
    const numbers = Object.fromEntries(["year", "month", "day", "hour", "minute", "second"].map((name) => [name, "numeric"]));
    formats.set(zone, new Intl.DateTimeFormat("en-u-ca-iso8601", { ...numbers, hourCycle: "h23", timeZone: zone }));
  }
  return formats.get(zone);
}

/** `[year, month, day, hour, minute, second]` as the clock of a zone shows a moment. */
export function wallOf(at, zone = ownZone()) {
  const parts = Object.fromEntries(format(zone).formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  return [parts.year, parts.month, parts.day, parts.hour, parts.minute, parts.second];
}

const utc = ([year, month, day, hour, minute, second]) => Date.UTC(year, month - 1, day, hour, minute, second);

/** The moment at which the clock of a zone shows this; the first, if it does twice; undefined, if it never does. */
export function atWall(wall, zone = ownZone()) {
  const wanted = utc(wall);
  if (Number.isNaN(wanted)) return undefined;
  // Where a clock stands can be known only of a moment: a day before and after there are all that may count.
  const offsets = [-24, 24].map((hours) => wanted + hours * HOUR_MS).map((near) => utc(wallOf(new Date(near), zone)) - near);
  const found = [...new Set(offsets)].map((offset) => wanted - offset).filter((at) => utc(wallOf(new Date(at), zone)) === wanted);
  return found.length ? new Date(Math.min(...found)) : undefined;
}

/** Whether the clock of a zone shows the time of this moment once more, because it is set back. */
export const isTwice = (at, zone) => [0.5, 1, 2].some((hours) => utc(wallOf(new Date(at.getTime() + hours * HOUR_MS), zone)) === utc(wallOf(at, zone)));

/** A moment by the clock of a zone: `Tue, Dec 1, 2026, 09:00`. */
export function inZone(at, zone) {
  const day = { weekday: "short", year: "numeric", month: "short", day: "numeric" };
  const clock = { hour: "2-digit", minute: "2-digit", ...(at.getUTCSeconds() && { second: "2-digit" }), hourCycle: "h23" };
  return at.toLocaleString("en", { ...day, ...clock, timeZone: zone });
}

const two = (n) => String(n).padStart(2, "0");

/** A moment as it is written into a field: `2026-12-01 09:00`. */
export function written(at, zone) {
  const [year, month, day, hour, minute, second] = wallOf(at, zone);
  return `${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}${second ? `:${two(second)}` : ""}`;
}
