import assert from "node:assert/strict";
import { test } from "node:test";
import { arranged, fitting, isId } from "../../../assets/palette_rank.js";
import { pageOfRow, shownOf, withVisit } from "../../../assets/visited.js";

const item = (label, more = {}) => ({ id: label, label, ...more });
const labels = (items) => items.map((each) => each.label);

test("every word must be somewhere, and what begins with one comes first", () => {
  const items = [item("Show raw"), item("Run task…"), item("Task 12", { note: "Pruning" }), item("Prune tasks")];
  assert.deepEqual(labels(fitting(items, "run")), ["Run task…", "Prune tasks", "Task 12"]);
  assert.deepEqual(labels(fitting(items, "task PRUN")), ["Prune tasks", "Task 12"]);
  assert.deepEqual(fitting(items, "nothing like it"), []);
  assert.deepEqual(fitting(items, " "), items);
});

test("a row with the id that was typed goes before all else, and stands there once", () => {
  const found = [item("other", { rowId: "7", id: "/tasks/7" }), item("mine", { rowId: "12", id: "/jobs/12" })];
  const own = [{ label: "Recently visited", items: [item("mine", { note: "Job 12", id: "/jobs/12" })] }];
  const groups = arranged("12", own, found, [item("further")]);
  assert.deepEqual(groups.map(({ label, items }) => [label, items.length]), [["With the id 12", 1], ["On the server", 1], ["Look further", 1]]);
  assert.ok(isId("12") && !isId("1a") && !isId("") && !isId("1".repeat(20)));
});

test("without a text there is a little of each group", () => {
  const own = [{ label: "Go to", items: Array.from({ length: 20 }, (_, n) => item(`p${n}`)) }, { label: "Empty", items: [] }];
  assert.deepEqual(arranged("", own, [], [], 8).map(({ label, items }) => [label, items.length]), [["Go to", 8]]);
});

test("pages of rows are remembered, the newest first, each once and only for who opened it", () => {
  assert.equal(pageOfRow("/jobs/12").what, "Job 12");
  for (const path of ["/jobs", "/jobs/new", "/tasks/1/edit", "/system/1"]) assert.equal(pageOfRow(path), null);
  const visit = (n, who = "ann") => ({ ...pageOfRow(`/jobs/${n}`), name: "x", server: "", who });
  let list = [];
  for (const n of [1, 2, 1]) list = withVisit(list, visit(n));
  assert.deepEqual(list.map((each) => each.path), ["/jobs/1", "/jobs/2"]);
  assert.deepEqual(withVisit(list, visit(3, "bob")).map((each) => each.path), ["/jobs/3"]);
});

test("a page whose title says what it is says it once", () => {
  assert.deepEqual(shownOf({ path: "/jobs/12", what: "Job 12", name: "Job 12" }), { href: "/jobs/12", label: "Job 12", note: "" });
  assert.equal(shownOf({ path: "/tasks/3", what: "Task 3", name: "prune" }).note, "Task 3");
});
