// The axis of delayed jobs: its words.
import assert from "node:assert/strict";
import test from "node:test";
import { LANES, beyond, isNone, labelsOf, spanOf } from "../../../assets/jobs_queue.js";

const at = (hour, minute = 0, day = 2) => new Date(2026, 2, day, hour, minute).toISOString();

test("a bucket is named by its times, and by its day where it may be another one", () => {
  assert.match(spanOf(at(18), at(18, 5), 300), /^18:00 to 18:05$/);
  assert.match(spanOf(at(18), at(19), 3600), /Mar.* 18:00 to 19:00$|^18:00 to 19:00$/);
  assert.match(spanOf(at(6), at(12), 21_600), /(Mar.*2|2.*Mar).* 06:00 to 12:00$/);
  assert.doesNotMatch(spanOf(at(0), at(0, 0, 3), 86_400), /:/);
  // A day of the server's clock may be parts of two of the viewer's.
  assert.match(spanOf(at(19), at(19, 0, 3), 86_400), /2.* 19:00 to .*3.* 19:00$/);
  assert.doesNotMatch(spanOf(at(6), null, 300), /to/);
});

test("a few bars have a label, the first one always, at equal distances", () => {
  const bars = Array.from({ length: 24 }, (_, hour) => ({ at: at(hour) }));
  const labels = labelsOf(bars, 3600);
  assert.deepEqual(labels.map(([place]) => place), [0, 4, 8, 12, 16, 20]);
  assert.equal(labels[1][1], "04:00");
  assert.deepEqual(labelsOf([], 3600), []);
  // Labels that name days stand whole days apart.
  const week = Array.from({ length: 28 }, (_, n) => ({ at: at(6 * n) }));
  assert.deepEqual(labelsOf(week, 21_600).map(([place]) => place), [0, 8, 16, 24]);
});

test("what was not counted is never called nothing", () => {
  const until = at(18);
  assert.equal(isNone({ n: 0, later: 0, until: null }), true);
  assert.equal(isNone({ n: 0, later: null, until }), false);
  assert.equal(isNone({ n: 0, later: 3, until: null }), false);
  assert.match(beyond({ n: 0, later: null, until, step_s: 300 }), /^None is due until 18:00; .* not counted\.$/);
  assert.match(beyond({ n: 5_000, later: null, until, step_s: 300 }), /^The next 5,000 are counted, until 18:00;/);
  assert.equal(beyond({ n: 2, later: 1_200, until: null, step_s: 300 }), "1,200 more are due later.");
});

test("the most urgent priority is the first", () => {
  assert.deepEqual(LANES.map(([lane]) => lane), ["critical", "high", "normal", "low"]);
});
