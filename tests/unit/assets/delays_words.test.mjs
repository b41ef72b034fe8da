import assert from "node:assert/strict";
import { test } from "node:test";
import { doing, doingMany, done, failed, lost, newestOf, secondsLeft } from "../../../assets/delays_words.js";

const off = { id: "tasks/7", noun: "tasks", of: "7", verb: "disable", value: "", name: "nightly", stage: "waiting" };
const high = { id: "jobs/3", noun: "jobs", of: "3", verb: "priority", value: "HIGH", name: "", stage: "doing" };

test("a row is named as people know it, and what happens to it is said", () => {
  assert.deepEqual([off, high].map(doing), ["Disabling nightly", "Setting job 3 to high priority"]);
  assert.deepEqual([off, high].map(done), ["Disabled nightly", "Set job 3 to high priority"]);
  assert.deepEqual([off, high].map(failed), ["Could not disable nightly", "Could not set job 3 to high priority"]);
});

test("many rows are counted", () => {
  assert.equal(doingMany({ noun: "tasks", verb: "enable", value: "", possible: 1 }), "Enabling 1 task");
  assert.equal(doingMany({ ...high, possible: 1200 }), "Setting 1,200 jobs to high priority");
});

test("the seconds that are left are whole, and no more than there can be", () => {
  assert.equal(secondsLeft(5_000, 0, 5), 5);
  assert.equal(secondsLeft(5_000, 4_001, 5), 1);
  assert.equal(secondsLeft(5_000, 9_000, 5), 0);
  assert.equal(secondsLeft(90_000, 0, 5), 5);
});

test("what waited at a console that is gone was not done, and of what was on its way nobody knows", () => {
  const before = { epoch: "a", acts: [off, high, { ...off, id: "tasks/8", stage: "done" }] };
  const told = lost(before, "b");
  assert.deepEqual(told.map(({ id }) => id), ["tasks/7", "jobs/3"]);
  assert.match(told[0].text, /Nothing was changed/);
  assert.match(told[1].text, /Whether it was done, the row shows/);
  assert.deepEqual(lost(before, "a"), []);
  assert.deepEqual(lost({ epoch: "", acts: [] }, "b"), []);
});

test("another server is another console's process, of which nothing was lost", () => {
  const before = { server: "prod", epoch: "a", acts: [off, high] };
  assert.deepEqual(lost(before, "b", "staging"), []);
  assert.equal(lost(before, "b", "prod").length, 2);
});

test("what another worker still lets wait is not lost to a tab that comes to this one", () => {
  const before = { server: "prod", epoch: "a", acts: [off, high] };
  assert.deepEqual(lost(before, "b", "prod", [off]).map(({ id }) => id), ["jobs/3"]);
});

test("the key takes back what was asked for last, be it of one row or of many", () => {
  const [run, row] = [{ key: "run", at: 1_000 }, { key: "row", at: 2_000 }];
  assert.equal(newestOf([row, run]).key, "row");
  assert.equal(newestOf([run, row]).key, "row");
  assert.equal(newestOf([{ key: "one", at: 5 }, { key: "two", at: 5 }]).key, "two");
  assert.equal(newestOf([]), undefined);
});
