import { strict as assert } from "node:assert";
import { test } from "node:test";
import { barsOf, lagOf } from "../../../assets/schedule_lag.js";

const run = (id, due, began) => ({ id, due_at: due, started_at: began });
const at = (second) => `2027-01-01T00:${String(Math.floor(second / 60)).padStart(2, "0")}:${String(second % 60).padStart(2, "0")}Z`;

test("a run that was not due, or has not begun, has no lag", () => {
  assert.equal(lagOf(run("1", null, at(1))), null);
  assert.equal(lagOf(run("1", at(0), null)), null);
  assert.equal(lagOf(run("1", at(0), at(7))), 7000);
  assert.equal(lagOf(run("1", at(9), at(7))), 0);
});

test("bars grow with the lag, and say what is late", () => {
  const [soon, late] = barsOf([run("1", at(0), at(1)), run("2", null, at(5)), run("3", at(0), at(90))]);
  assert.deepEqual([soon.id, soon.late, soon.words, late.id, late.late, late.words], ["1", false, "1.0 s", "3", true, "1 m 30 s"]);
  assert.ok(0 < soon.share && soon.share < late.share && late.share === 1);
  assert.deepEqual(barsOf(null), []);
});
