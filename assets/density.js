// What is drawn of counts in time: shapes, and which bucket is where. Pure.

export const HIGH = 40;
const LEAST = 2; // one execution among thousands can still be seen
const GAP = 0.14;

/** `{failed, others}`: paths of bars in a box as wide as there are buckets and `HIGH` high; the failed below. */
export function bars(failed, others) {
  const most = Math.max(1, ...failed.map((n, place) => n + others[place]));
  const paths = { failed: "", others: "" };
  failed.forEach((n, place) => {
    const low = tall(n, most);
    paths.failed += bar(place, 0, low);
    paths.others += bar(place, low, Math.min(tall(others[place], most), HIGH - low));
  });
  return paths;
}

const tall = (n, most) => (n ? Math.max(LEAST, (HIGH * n) / most) : 0);
const round = (x) => Math.round(x * 100) / 100;
const bar = (place, from, high) => (high ? `M${place + GAP / 2} ${round(HIGH - from)}v${round(-high)}h${1 - GAP}v${round(high)}z` : "");

/** The bucket under a point, from the left edge of a box; the nearest one beside it. */
export function bucketAt(x, width, buckets) {
  return Math.max(0, Math.min(buckets - 1, Math.floor((x / width) * buckets)));
}

/** The instants of a choice of buckets, in ms: those of the window where it begins and ends within them. */
export function spanOf({ start, step_ms: step, since, until }, first, last) {
  return [Math.max(start + first * step, since), Math.min(start + (last + 1) * step, until)];
}

/** The buckets of a stretch of time, `[first, last]`; null where none is of it, for a window moves on. */
export function bucketsOf({ start, step_ms: step }, [begin, end], buckets) {
  const first = Math.max(0, Math.floor((begin - start) / step));
  const last = Math.min(buckets - 1, Math.ceil((end - start) / step) - 1);
  return first <= last ? [first, last] : null;
}

/** The choice after one of its ends was moved; they never pass each other. */
export function moved([first, last], end, by, buckets) {
  if (end === "first") return [Math.max(0, Math.min(first + by, last)), last];
  return [first, Math.min(buckets - 1, Math.max(last + by, first))];
}
