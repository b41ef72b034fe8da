// When something is to begin, as people write it: `in 10 minutes`, `18:30`, `tomorrow 9:00`, `2026-12-24 18:00`.

const UNITS_S = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
const PART = /(\d+(?:[.,]\d+)?)\s*(seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w)(?![a-z])/g;
const CLOCK = /^(?:(today|tomorrow)(?:\s+at)?\s+|at\s+)?(\d{1,2})[:.](\d{2})$/;
const DATE = /^(\d{4})-(\d{2})-(\d{2})(?:[t ]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?(z|[+-]\d{2}:?\d{2})?$/;

/** The moment that a text means, in the browser's zone; null for now, undefined where it makes no sense. */
export function momentOf(text, now = new Date()) {
  const wanted = text.trim().toLowerCase();
  if (!wanted || wanted === "now") return null;
  return delayed(wanted, now) ?? today(wanted, now) ?? dated(wanted);
}

function delayed(text, now) {
  const rest = text.replace(/^in\s+/, "").replace(/\b(an?|one)\s+(?=[a-z])/g, "1 ");
  const parts = [...rest.matchAll(PART)];
  if (!parts.length || rest.replace(PART, "").replace(/\band\b|[\s,]/g, "")) return undefined;
  const seconds = parts.reduce((sum, [, n, unit]) => sum + Number(n.replace(",", ".")) * UNITS_S[unit[0]], 0);
  return valid(new Date(now.getTime() + seconds * 1000));
}

/** The next time that the clock shows it; a day that is named is that day. */
function today(text, now) {
  const found = CLOCK.exec(text);
  if (!found) return undefined;
  const [, day, hours, minutes] = found;
  if (hours > 23 || minutes > 59) return undefined;
  const at = new Date(now);
  at.setHours(Number(hours), Number(minutes), 0, 0);
  if (day === "tomorrow" || (!day && at <= now)) at.setDate(at.getDate() + 1);
  return at;
}

function dated(text) {
  const found = DATE.exec(text);
  if (!found) return undefined;
  const [, year, month, day, hours = "0", minutes = "0", seconds = "0", zone] = found;
  if (zone) return valid(new Date(text.toUpperCase().replace(/\s+/, "T")));
  const parts = [year, month - 1, day, hours, minutes, seconds].map(Number);
  const at = new Date(...parts);
  const same = at.getMonth() === parts[1] && at.getDate() === parts[2] && at.getHours() === parts[3] && at.getMinutes() === parts[4];
  return same ? valid(at) : undefined;
}

const valid = (date) => (Number.isNaN(date.getTime()) || date.getFullYear() > 9998 ? undefined : date);
