// The axis of delayed jobs: its words.

/** The priorities as answers name them, the most urgent first. */
export const LANES = [["critical", "Critical"], ["high", "High"], ["normal", "Normal"], ["low", "Low"]];

const HOUR_S = 3600;
const DAY_S = 86_400;
const TICKS = 6;
const clock = (at) => at.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const day = (at) => at.toLocaleDateString(undefined, { month: "short", day: "numeric" });

/** From when to when a bucket of so many seconds lasts: `18:00 to 19:00`, `Dec 2 06:00 to 12:00`, `Dec 2`.
 *
 *  A bucket of a day is one of UTC: where it is none of the viewer's, `Dec 1 19:00 to Dec 2 19:00`. */
export function spanOf(from, until, step) {
  const begin = new Date(from);
  if (step >= DAY_S) return isMidnight(begin) ? day(begin) : [from, until].filter(Boolean).map(moment).join(" to ");
  const today = step < HOUR_S || (step === HOUR_S && sameDay(begin, new Date()));
  const first = today ? clock(begin) : `${day(begin)} ${clock(begin)}`;
  return until ? `${first} to ${clock(new Date(until))}` : first;
}

const isMidnight = (at) => at.getHours() === 0 && at.getMinutes() === 0;
const moment = (instant) => `${day(new Date(instant))} ${clock(new Date(instant))}`;
const sameDay = (a, b) => a.toDateString() === b.toDateString();

/** A number as people read it. */
export const figure = (n) => (n == null ? "–" : Number(n).toLocaleString("en"));

/** Whether no job is delayed: not where only those until some time were looked at. */
export const isNone = ({ n, later, until }) => !n && !later && !until;

/** What the bars do not show. */
export function beyond({ later, until, n, step_s: step }) {
  if (until && !n) return `None is due until ${spanOf(until, null, step)}; those due later are not counted.`;
  if (until) return `The next ${figure(n)} are counted, until ${spanOf(until, null, step)}; more are due later.`;
  return later ? `${figure(later)} more ${later === 1 ? "is" : "are"} due later.` : "";
}

/** Which bars get a label, and which: a few of them, so that they never touch. */
export function labelsOf(bars, step) {
  const least = Math.max(1, Math.ceil(bars.length / TICKS));
  const isOfDays = step >= 6 * HOUR_S;
  const aDay = isOfDays ? Math.max(1, Math.round(DAY_S / step)) : 1;
  const every = aDay * Math.ceil(least / aDay);
  const words = (at) => (isOfDays ? day(at) : clock(at));
  return bars.map((bar, place) => [place, words(new Date(bar.at))]).filter(([place]) => place % every === 0);
}
