// When something is to begin, as people write it: `in 10 minutes`, `18:30`, `tomorrow 9:00`, `2026-12-24 18:00`.
import { atWall, wallOf } from "./zones.js";

const UNITS_S = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
const PART = /(\d+(?:[.,]\d+)?)\s*(seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w)(?![a-z])/g;
const CLOCK = /^(?:(today|tomorrow)(?:\s+at)?\s+|at\s+)?(\d{1,2})[:.](\d{2})$/;
const DATE = /^(\d{4})-(\d{2})-(\d{2})(?:[t ]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?(z|[+-]\d{2}:?\d{2})?$/;

/**
 * The moment that a text means by the clock of a zone (the browser's without one); null for now, undefined
 * where it makes no sense, or the zone's clock leaves that time out.
 */
export function momentOf(text, now = new Date(), zone = undefined) {
  const wanted = text.trim().toLowerCase();
  if (!wanted || wanted === "now") return null;
  return delayed(wanted, now) ?? today(wanted, now, zone) ?? dated(wanted, zone);
}

function delayed(text, now) {
  const rest = text.replace(/^in\s+/, "").replace(/\b(an?|one)\s+(?=[a-z])/g, "1 ");
  const parts = [...rest.matchAll(PART)];
  if (!parts.length || rest.replace(PART, "").replace(/\band\b|[\s,]/g, "")) return undefined;
  const seconds = parts.reduce((sum, [, n, unit]) => sum + Number(n.replace(",", ".")) * UNITS_S[unit[0]], 0);
  return valid(new Date(now.getTime() + seconds * 1000));
}

/** The next time that the clock shows it; a day that is named is that day. */
function today(text, now, zone) {
  const found = CLOCK.exec(text);
  if (!found) return undefined;
  const [, day, hours, minutes] = found;
  if (hours > 23 || minutes > 59) return undefined;
  const [year, month, date] = wallOf(now, zone);
  const on = (days) => atWall([year, month, date + days, Number(hours), Number(minutes), 0], zone);
  if (day) return on(day === "tomorrow" ? 1 : 0);
  const at = on(0);
  return at && at > now ? at : on(1);
}

function dated(text, zone) {
  const found = DATE.exec(text);
  if (!found) return undefined;
  const [, year, month, day, hours = "0", minutes = "0", seconds = "0", offset] = found;
  if (offset) return valid(new Date(text.toUpperCase().replace(/\s+/, "T")));
  const parts = [year, month, day, hours, minutes, seconds].map(Number);
  const real = new Date(Date.UTC(parts[0], parts[1] - 1, parts[2]));
  if (real.getUTCMonth() !== parts[1] - 1 || parts[3] > 23 || parts[4] > 59 || parts[5] > 59) return undefined;
  return valid(atWall(parts, zone));
}

const valid = (date) => (!date || Number.isNaN(date.getTime()) || date.getFullYear() > 9998 ? undefined : date);
