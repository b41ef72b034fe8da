// What a timeline shows of an answer of the console: cells by lane, the load by bucket. Times in seconds. Pure.

const SINGLE_PX = 5;

/** A lane with its cells in the order of time; each `{from, to, n, failed, open, job, coming}`. */
export function laneOf({ id, name, when, zone, enabled, past, coming }, start, bucket, now) {
  const cells = [];
  past?.at.forEach((place, i) => {
    const [from, job] = [start + place * bucket, past.job[i]];
    // A run that goes on reaches to the present.
    const stretch = job ? { from: past.begin[i] ?? from, to: past.end[i] ?? (past.open[i] ? now : past.begin[i] ?? from) } : { from, to: from + bucket };
    cells.push({ ...stretch, place, n: past.n[i], failed: past.failed[i], open: past.open[i], job, coming: false });
  });
  coming?.at.forEach((place, i) => {
    const [from, n] = [start + place * bucket, coming.n[i]];
    const stretch = n === 1 ? { from: coming.first[i], to: coming.first[i] } : { from, to: from + bucket };
    cells.push({ ...stretch, place, n, failed: 0, open: 0, job: null, coming: true });
  });
  cells.sort((a, b) => a.from - b.from);
  return { id, name, when, zone, enabled, understood: coming !== null, cells };
}

/** `{lanes, load, start, bucket}` of an answer; `load` has a sum for each bucket. */
export function shownOf(answer) {
  const { start, bucket, buckets, now } = answer;
  const lanes = answer.lanes.map((lane) => laneOf(lane, start, bucket, now));
  const load = Array.from({ length: buckets }, () => ({ ran: 0, failed: 0, due: 0, who: 0 }));
  for (const { cells } of lanes) {
    let last = -1;
    for (const cell of [...cells].sort((a, b) => a.place - b.place)) {
      const sum = load[cell.place];
      if (!sum) continue;
      if (cell.coming) sum.due += cell.n;
      else {
        sum.ran += cell.n;
        sum.failed += cell.failed;
      }
      if (cell.place !== last) sum.who += 1;
      last = cell.place;
    }
  }
  const used = load.filter(({ who }) => who);
  // Many is what stands out: twice what is usual, and more than a pair.
  const many = Math.max(3, (2 * used.reduce((all, { who }) => all + who, 0)) / Math.max(1, used.length));
  for (const sum of load) sum.busy = sum.who >= many;
  return { lanes, load, start, bucket };
}

export const totalOf = ({ ran, due }) => ran + due;

/** What runs or is due in a bucket: `[{lane, ran, failed, due, first}]`, the most first. */
export function inBucket(lanes, place) {
  return lanes
    .map((lane) => {
      const here = lane.cells.filter((cell) => cell.place === place);
      const sum = (of) => here.reduce((all, cell) => all + of(cell), 0);
      return { lane, ran: sum((c) => (c.coming ? 0 : c.n)), failed: sum((c) => c.failed), due: sum((c) => (c.coming ? c.n : 0)), first: here[0] };
    })
    .filter(({ first }) => first)
    .sort((a, b) => totalOf(b) - totalOf(a));
}

/** All cells within a stretch of time with their lanes, in the order of time. */
export function within(lanes, from, to) {
  const found = [];
  lanes.forEach((lane, row) => {
    for (const cell of lane.cells) if (cell.from < to && cell.to >= from) found.push({ lane, row, cell });
  });
  return found.sort((a, b) => a.cell.from - b.cell.from || a.row - b.row);
}

/** The stretch that a cell takes on the screen, `[left, right]` in px: what is short can still be seen. */
export function extent(cell, from, perSecond) {
  const left = (cell.from - from) * perSecond;
  const right = (cell.to - from) * perSecond;
  // Neighbours are told apart by a gap.
  return cell.n > 1 ? [left, Math.max(left + 2, right - 1)] : [left, Math.max(left + SINGLE_PX, right)];
}

/** The cell of a lane under a point, the nearest within some px. */
export function cellAt(lane, x, from, perSecond, slack = 4) {
  let [best, least] = [null, slack + 1];
  for (const cell of lane.cells) {
    const [left, right] = extent(cell, from, perSecond);
    const away = x < left ? left - x : x > right ? x - right : 0;
    if (away < least || (away === least && best && cell.from > best.from)) [best, least] = [cell, away];
  }
  return best;
}

/** The word and the colour of a cell. */
export function statusOf({ coming, failed, open, n }) {
  if (coming) return "due";
  if (failed) return "failed";
  return open ? (open < n ? "partly done" : "open") : "completed";
}

const runs = (n) => `${n.toLocaleString("en")} ${n === 1 ? "run" : "runs"}`;

/** What a cell is, in words; `time` says an instant, `took` a duration in ms. */
export function wordsOf({ lane, cell }, time, took) {
  if (cell.coming) return cell.n === 1 ? `${lane.name}: due ${time(cell.from)}` : `${lane.name}: ${cell.n.toLocaleString("en")} due, ${time(cell.from)} – ${time(cell.to)}`;
  if (cell.n > 1) {
    const more = [cell.failed && `${cell.failed.toLocaleString("en")} failed`, cell.open && `${cell.open.toLocaleString("en")} open`].filter(Boolean);
    return `${lane.name}: ${[runs(cell.n), ...more].join(", ")}, ${time(cell.from)} – ${time(cell.to)}`;
  }
  const lasted = cell.open ? "" : `, took ${took((cell.to - cell.from) * 1000)}`;
  return `${lane.name}: ${statusOf(cell)}, ${time(cell.from)}${lasted}`;
}
