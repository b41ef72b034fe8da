// What people write into the filters of a list, and the address that it makes. Pure.

/** The ranges that end now, as the address names them. */
export const RANGES = { "15m": "15 minutes", "1h": "hour", "6h": "6 hours", "24h": "24 hours", "7d": "7 days", "30d": "30 days" };

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const MOST_MS = 2 ** 53;

/** `{value}` in ms of `1 m 30 s`, `250ms`, `1.5 h`; `{value: null}` of nothing; else `{error}`. */
export function readDuration(text) {
  const given = text.trim().toLowerCase();
  if (!given) return { value: null };
  const parts = [...given.matchAll(/(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)(?![a-z])\s*/g)];
  if (parts.map((part) => part[0]).join("") !== given) return { error: "Write a time with its unit, like 500 ms, 10 s or 1 m 30 s." };
  const value = Math.round(parts.reduce((sum, [, n, unit]) => sum + Number(n) * UNITS[unit], 0));
  return value <= MOST_MS ? { value } : { error: "This is too long." };
}

/** A duration as it is written into its field. */
export function writeDuration(ms) {
  const parts = [];
  let rest = ms;
  for (const [unit, length] of Object.entries(UNITS).reverse()) {
    if (rest >= length) parts.push(`${Math.floor(rest / length)} ${unit}`);
    rest %= length;
  }
  return parts.join(" ") || "0 s";
}

/** `{value}` of a whole number up to `most`. */
export function readCount(text, most = 1000) {
  const given = text.trim();
  if (!given) return { value: null };
  return /^\d{1,9}$/.test(given) && Number(given) <= most ? { value: Number(given) } : { error: `Write a whole number from 0 to ${most}.` };
}

/** `{value}` of a whole number of percent. */
export function readPercent(text) {
  const given = text.trim().replace(/\s*%$/, "");
  if (!given) return { value: null };
  const value = Number(given);
  return /^\d{1,3}$/.test(given) && value <= 100 ? { value } : { error: "Write a whole number from 0 to 100." };
}

const DAY = /^(\d{4})-(\d\d?)-(\d\d?)$/;
const CLOCK = /^(\d\d?):(\d\d)(?::(\d\d))?$/;
const ZONED = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?\s*(Z|[+-]\d\d:?\d\d)$/i;
const NO_TIME = "Write a time like 2026-01-31 17:05, or 17:05 for today.";

/**
 * `{value}`, an ISO instant in UTC, of `2026-01-31 17:05:30`, `17:05`, `2026-01-31` in the viewer's zone, or of
 * a time with a zone. A day alone means its beginning; its end where `end`.
 */
export function readTime(text, end = false, now = new Date()) {
  const given = text.trim().replace(/\s+/g, " ");
  if (!given) return { value: null };
  if (ZONED.test(given)) return instant(new Date(given.replace(/^(\S+) (?=\d)/, "$1T").replace(/\s/g, "").toUpperCase()));
  const [first, second, ...more] = given.replace(/^(\d{4}-\d\d?-\d\d?)T/i, "$1 ").split(" ");
  const day = DAY.exec(first)?.slice(1).map(Number);
  const clock = CLOCK.exec(day ? (second ?? "0:00") : first);
  if (!clock || more.length || (second && !day)) return { error: NO_TIME };
  const [hour, minute, s] = clock.slice(1).map((part) => Number(part ?? 0));
  const [year, month, date] = day ?? [now.getFullYear(), now.getMonth() + 1, now.getDate()];
  const made = new Date(year, month - 1, date, hour, minute, s);
  if (year < 1000 || made.getMonth() !== month - 1 || hour > 23 || minute > 59 || s > 59) return { error: "There is no such time." };
  if (end && !second && day) return instant(new Date(year, month - 1, date, 23, 59, 59));
  return instant(made);
}

const instant = (date) => (Number.isNaN(date.getTime()) ? { error: "There is no such time." } : { value: toAddress(date) });

/** An instant as addresses say it. */
export const toAddress = (date) => date.toISOString().replace(".000Z", "Z");

/** An instant of an address as it is written into its field, in the viewer's zone. */
export function writeTime(iso) {
  const date = new Date(iso);
  if (!iso || Number.isNaN(date.getTime())) return "";
  const two = (n) => String(n).padStart(2, "0");
  const s = date.getSeconds() ? `:${two(date.getSeconds())}` : "";
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}${s}`;
}

/** The query of an address with these filters set, or removed where they are null; it begins at page one. */
export function narrowed(search, changes) {
  const params = new URLSearchParams(search);
  params.delete("page");
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === "") params.delete(name);
    else params.set(name, value);
  }
  const text = params.toString();
  return text && `?${text}`;
}

/** Filters that are read together: `{values}`, or `{errors}` by field; `order` are pairs `[from, to, what to say]`. */
export function readAll(read, order = []) {
  const errors = Object.fromEntries(Object.entries(read).flatMap(([name, { error }]) => (error ? [[name, error]] : [])));
  for (const [from, to, words] of order) {
    const [low, high] = [read[from].value, read[to].value];
    if (low != null && high != null && low > high) errors[to] = words;
  }
  if (Object.keys(errors).length) return { errors };
  return { values: Object.fromEntries(Object.entries(read).map(([name, { value }]) => [name, value])) };
}
