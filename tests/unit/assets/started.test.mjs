import assert from "node:assert/strict";
import { test } from "node:test";
import { called, endedOf, pageOf, stateOf, told, topicsOf, wentWell, withStarted, withTold } from "../../../assets/started.js";

const NOTHING = { who: "", seen: [], open: [], told: [] };
const run = (n, server = "") => ({ key: `${server}${n}`, row: `executions/${n}`, server });
const row = (id, fields) => ({ id, over: true, status: "COMPLETED", name: "add", note: "", ...fields });

test("what was started is waited for once, however often it is told", () => {
  const once = withStarted(NOTHING, [run(1), run(2)]);
  assert.deepEqual(once.open.map((each) => each.row), ["executions/1", "executions/2"]);
  assert.equal(withStarted(once, [run(1), run(2)]), once);
});

test("a row that is started again is waited for again", () => {
  const before = withTold(withStarted(NOTHING, [{ key: "a", row: "jobs/4", server: "" }]), [{ key: "a", row: "jobs/4" }]);
  assert.deepEqual(before.open, []);
  assert.equal(withStarted(before, [{ key: "b", row: "jobs/4", server: "" }]).open.length, 1);
});

test("one topic for each server tells of all that is not over", () => {
  const state = withStarted(NOTHING, [run(12), run(3, "prod"), { key: "b", row: "bulk/1f2e", server: "" }]);
  assert.deepEqual(topicsOf(state.open), { "": "started/bulk.1f2e,executions.12", prod: "started/executions.3" });
  assert.deepEqual(topicsOf([]), {});
});

test("what ends is news of its own server alone, and read where somebody looks at it", () => {
  const state = withStarted(NOTHING, [run(1), run(1, "prod"), run(2)]);
  const rows = [row("executions/1"), row("executions/2", { over: false })];
  const news = endedOf(state, "prod", rows, 5, () => true);
  assert.deepEqual(news.map(({ server, read, at }) => [server, read, at]), [["prod", true, 5]]);
  const after = withTold(state, news);
  assert.deepEqual([after.open.length, after.told.length], [2, 1]);
});

test("only so much is kept", () => {
  let state = NOTHING;
  for (let n = 0; n < 100; n++) state = withStarted(state, [run(n)]);
  assert.deepEqual([state.open.length, state.seen.length], [20, 60]);
  for (let n = 0; n < 100; n++) state = withTold(state, [{ ...run(n) }]);
  assert.equal(state.told.length, 30);
});

test("it is told in a sentence that leads to its page", () => {
  const failed = { row: "executions/12", name: "add", status: "FAILED", note: "TypeError: no" };
  assert.equal(told(failed), "Execution 12 of add failed: TypeError: no");
  assert.equal(pageOf(failed), "/executions/12");
  assert.equal(wentWell(failed), false);
  const many = { row: "bulk/1f2e", name: "cancel jobs", status: "COMPLETED", note: "3 of 3 done" };
  assert.equal(told(many), "Cancel jobs completed: 3 of 3 done");
  assert.equal(pageOf(many), "/jobs?bulk=1f2e");
  assert.equal(told({ row: "jobs/4", name: "", status: "GONE", note: "" }), "Job 4 is not there any more");
  assert.equal(called({ row: "bulk/1", name: "" }), "Bulk run");
});

test("who comes after somebody else finds nothing of theirs, and while nobody is named nothing is lost", () => {
  const anns = withStarted(stateOf(NOTHING, "ann"), [run(1)]);
  assert.equal(stateOf(anns, "ann"), anns);
  assert.equal(stateOf(anns, ""), anns);
  assert.deepEqual(stateOf(anns, "bob"), { who: "bob", seen: ["1"], open: [], told: [] });
});
