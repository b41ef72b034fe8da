import assert from "node:assert/strict";
import { test } from "node:test";
import { addressOf, hasLone, picked } from "../../../assets/plot_pick.js";

const bars = [{ kind: "bar", values: [4, 0, null] }, { kind: "bar", values: [2, 3, null] }];
const lines = [{ kind: "line", values: [4, 0] }, { kind: "line", values: [9, null] }];

test("of bars that stand on one another the one that is pressed is meant, above all of them the topmost", () => {
  assert.deepEqual([3, 4, 5, 60].map((y) => picked(bars, 0, y)), [0, 0, 1, 1]);
  assert.equal(picked(bars, 1, 1), 1);
  assert.equal(picked(bars, 2, 1), null);
});

test("of lines the nearest is meant", () => {
  assert.deepEqual([3, 8].map((y) => picked(lines, 0, y)), [0, 1]);
  assert.equal(picked(lines, 1, 0), null);
});

test("the address has the first and the last instant of a bucket", () => {
  const to = "/executions?ended_since={since}&ended_until={until}";
  assert.equal(addressOf(to, "2026-05-04T12:00:00Z", 900_000), "/executions?ended_since=2026-05-04T12:00:00Z&ended_until=2026-05-04T12:14:59.999Z");
  assert.deepEqual([addressOf("", "2026-05-04T12:00:00Z", 1), addressOf(to, "never", 1), addressOf(to, "2026-05-04", 0)], ["", "", ""]);
});

test("a value between unknown ones stands alone", () => {
  assert.deepEqual([[1, 2, null], [null, 2, null], [0], undefined].map(hasLone), [false, true, true, false]);
});
