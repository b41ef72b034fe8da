import assert from "node:assert/strict";
import { test } from "node:test";
import { HIGH, bars, bucketAt, bucketsOf, moved, spanOf } from "../../../assets/density.js";

test("bars are as high as their share of the highest, the failed below", () => {
  const { failed, others } = bars([0, 5], [5, 5]);
  assert.equal(others, `M0.07 ${HIGH}v-20h0.86v20zM1.07 20v-20h0.86v20z`);
  assert.equal(failed, `M1.07 ${HIGH}v-20h0.86v20z`);
});

test("one among thousands is seen, nothing is not", () => {
  const { failed, others } = bars([1, 0], [0, 90_000]);
  assert.equal(failed, `M0.07 ${HIGH}v-2h0.86v2z`);
  assert.equal(others, `M1.07 ${HIGH}v-40h0.86v40z`);
  assert.deepEqual(bars([0], [0]), { failed: "", others: "" });
});

test("a point is in a bucket, and beside the box in the nearest", () => {
  assert.deepEqual([-5, 0, 49.9, 50, 99, 120].map((x) => bucketAt(x, 100, 2)), [0, 0, 0, 1, 1, 1]);
});

test("a choice of buckets ends with the window", () => {
  const about = { start: 0, step_ms: 100, since: 30, until: 270 };
  assert.deepEqual(spanOf(about, 0, 0), [30, 100]);
  assert.deepEqual(spanOf(about, 1, 2), [100, 270]);
});

test("a choice stays with its time while the window moves on, as long as that is in it", () => {
  const about = { start: 0, step_ms: 100, since: 30, until: 970 };
  const on = (start, span) => bucketsOf({ ...about, start }, span, 10);
  for (const choice of [[0, 0], [2, 4], [0, 9], [9, 9]]) assert.deepEqual(on(0, spanOf(about, ...choice)), choice);
  assert.deepEqual(on(100, spanOf(about, 2, 4)), [1, 3]);
  assert.deepEqual(on(300, spanOf(about, 2, 4)), [0, 1]);
  assert.equal(on(500, spanOf(about, 2, 4)), null);
  assert.deepEqual(bucketsOf({ start: 0, step_ms: 200 }, spanOf(about, 2, 4), 5), [1, 2]);
});

test("the ends of a choice never pass each other", () => {
  assert.deepEqual(moved([0, 9], "first", 3, 10), [3, 9]);
  assert.deepEqual(moved([3, 5], "first", 10, 10), [5, 5]);
  assert.deepEqual(moved([3, 5], "last", -10, 10), [3, 3]);
  assert.deepEqual(moved([3, 5], "last", 1e6, 10), [3, 9]);
});
