import assert from "node:assert/strict";
import { test } from "node:test";

process.env.TZ = "UTC";
const { cellAt, extent, inBucket, laneOf, shownOf, statusOf, within, wordsOf } = await import("../../../assets/timeline_cells.js");
const { monthOf, weeksOf } = await import("../../../assets/timeline_days.js");

const past = { at: [0, 2, 3], n: [1, 4, 1], failed: [0, 1, 0], open: [0, 0, 1], job: ["7", null, "9"], begin: [12, null, 35], end: [15, null, null] };
const coming = { at: [4, 6], n: [1, 3], first: [45, 61] };
const answer = (lanes, more) => ({ start: 0, bucket: 10, buckets: 10, now: 42, total: lanes.length, lanes, ...more });
const lane = (name, more) => ({ id: name, name, when: "", zone: "UTC", enabled: true, past: null, coming: { at: [], n: [], first: [] }, ...more });

test("a single run lasts as long as it took, several as long as their bucket", () => {
  const { cells } = laneOf(lane("a", { past, coming }), 0, 10, 42);
  assert.deepEqual(cells.map(({ from, to }) => [from, to]), [[12, 15], [20, 30], [35, 42], [45, 45], [60, 70]]);
  assert.deepEqual(cells.map(statusOf), ["completed", "failed", "open", "due", "due"]);
  assert.equal(laneOf(lane("odd", { coming: null }), 0, 10, 42).understood, false);
});

test("the load sums all lanes, and what stands out is marked", () => {
  const at = (place) => ({ coming: { at: [1, place], n: [1, 2], first: [10, 10 * place] } });
  const { load } = shownOf(answer([lane("a", at(3)), lane("b", at(4)), lane("c", at(5)), lane("d", { past, coming }), lane("e", at(5))]));
  assert.deepEqual(load[1], { ran: 0, failed: 0, due: 4, who: 4, busy: true });
  assert.deepEqual(load[2], { ran: 4, failed: 1, due: 0, who: 1, busy: false });
  assert.deepEqual(load[4], { ran: 0, failed: 0, due: 3, who: 2, busy: false });
});

test("a bucket lists whose runs it holds, the most first", () => {
  const { lanes } = shownOf(answer([lane("a", { coming: { at: [2], n: [1], first: [25] } }), lane("b", { past }), lane("c")]));
  assert.deepEqual(inBucket(lanes, 2).map(({ lane: { id }, ran, failed, due }) => [id, ran, failed, due]), [["b", 4, 1, 0], ["a", 0, 0, 1]]);
});

test("a run that was queued before and lasts into the time is a cell, and no load", () => {
  const before = { at: [-1], n: [1], failed: [0], open: [1], job: ["9"], begin: [-30], end: [null] };
  const { lanes, load } = shownOf(answer([lane("a", { past: before, coming: { at: [], n: [], first: [] } })]));
  const [cell] = lanes[0].cells;
  assert.deepEqual([cell.from, cell.to > 0, cell.job, cell.open], [-30, true, "9", 1]);
  assert.ok(load.every(({ ran, who }) => !ran && !who));
  assert.equal(inBucket(lanes, 0).length, 0);
});

test("what is in view comes in the order of time", () => {
  const { lanes } = shownOf(answer([lane("a", { past, coming }), lane("b", { coming: { at: [2], n: [1], first: [25] } })]));
  assert.deepEqual(within(lanes, 14, 46).map(({ lane: { id }, cell }) => [id, cell.from]), [["a", 12], ["a", 20], ["b", 25], ["a", 35], ["a", 45]]);
});

test("the nearest cell under a point is found, and a short one is wide enough to be", () => {
  const { lanes } = shownOf(answer([lane("a", { past, coming })]));
  assert.deepEqual(extent(lanes[0].cells[0], 0, 1), [12, 17]);
  assert.equal(cellAt(lanes[0], 13, 0, 1).job, "7");
  assert.equal(cellAt(lanes[0], 47, 0, 1).from, 45);
  assert.equal(cellAt(lanes[0], 90, 0, 1), null);
});

test("a cell in words", () => {
  const [shown] = shownOf(answer([lane("a", { past, coming })])).lanes;
  const words = shown.cells.map((cell) => wordsOf({ lane: shown, cell }, String, (ms) => `${ms} ms`));
  assert.deepEqual(words, ["a: completed, 12, took 3000 ms", "a: 4 runs, 1 failed, 20 – 30", "a: open, 35", "a: due 45", "a: 3 due, 60 – 70"]);
});

test("a month has the runs of each day with the names of their schedules", () => {
  const day = 86_400;
  const days = [0, 1, 2].map((n) => ({ from: n * day, to: (n + 1) * day }));
  const two = { start: 0, bucket: day, lanes: [lane("a", { past: { ...past, at: [0, 1], n: [5, 1] }, coming: { at: [1], n: [2], first: [day] } }), lane("b", { coming: { at: [1], n: [1], first: [day] } })] };
  const month = monthOf(days, [two]);
  assert.deepEqual(month.map(({ ran, failed, due, lanes }) => [ran, failed, due, lanes]), [[5, 0, 0, ["a"]], [1, 1, 3, ["a", "b"]], [0, 0, 0, []]]);
  const { names, weeks } = weeksOf(month, "de-DE");
  assert.deepEqual([names[0], weeks.length, weeks[0].map((each) => each?.from ?? null)], ["Mon", 1, [null, null, null, 0, day, 2 * day, null]]);
  assert.equal(weeksOf(month, "en-US").names[0], "Sun");
});
