// How long after its time a run of a schedule began. Pure.
import { inWords } from "./durations.js";

// Later than this a run is late.
export const LATE_MS = 60_000;

/** How many ms after its time a run began; null where it was not due, or has not begun. */
export function lagOf({ due_at: due, started_at: began }) {
  return due && began ? Math.max(0, new Date(began) - new Date(due)) : null;
}

/** A bar for each run that was due and has begun: `{id, share, late, words}`; the largest, or a minute, is all of the height. */
export function barsOf(runs = []) {
  const known = (runs ?? []).map((run) => ({ id: run.id, lag: lagOf(run) })).filter(({ lag }) => lag != null);
  const most = Math.log(1 + Math.max(LATE_MS, ...known.map(({ lag }) => lag)));
  return known.map(({ id, lag }) => ({ id, late: lag > LATE_MS, words: inWords(lag), share: Math.log(1 + lag) / most }));
}
