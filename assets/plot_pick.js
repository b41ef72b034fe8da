// What of a chart a press means, and the address behind it. Pure.

/** The trace that is meant by a press at bucket `n` and height `y`, null where nothing is known or none is. */
export function picked(traces, n, y) {
  const there = traces.map((trace, i) => ({ i, kind: trace.kind, value: trace.values?.[n] })).filter(({ value }) => value > 0);
  if (!there.length) return null;
  const bars = there.filter(({ kind }) => kind === "bar");
  let top = 0;
  for (const { i, value } of bars) {
    top += value;
    if (y <= top) return i;
  }
  if (bars.length) return bars.at(-1).i;
  return there.reduce((near, each) => (Math.abs(each.value - y) < Math.abs(near.value - y) ? each : near)).i;
}

/** The address behind a bucket that begins at `start` and is `step` ms long; empty where there is none. */
export function addressOf(to, start, step) {
  const begin = Date.parse(start);
  if (!to || !step || Number.isNaN(begin)) return "";
  const iso = (ms) => new Date(ms).toISOString().replace(".000Z", "Z");
  // Both ends of a range belong to it.
  return to.replace("{since}", iso(begin)).replace("{until}", iso(begin + step - 1));
}

/** Whether a value stands between two unknown ones: without a mark it could not be seen. */
export const hasLone = (values = []) => values.some((value, i) => value != null && values[i - 1] == null && values[i + 1] == null);
