import assert from "node:assert/strict";
import { test } from "node:test";
import { added, readable, renamed, viewed, without } from "../../../assets/views.js";

const VIEWS = [{ name: "a", search: "?range=1h" }];

test("of an address only what makes the list is kept, in one order", () => {
  assert.equal(viewed("?task=1&server=s&page=3&run=2&bulk=x&range=1h"), "?range=1h&task=1");
  assert.equal(viewed("?server=s"), "");
});

test("a view has a name of its own", () => {
  assert.deepEqual(added(VIEWS, " b ", "?page=2").views, [...VIEWS, { name: "b", search: "" }]);
  for (const name of ["", "  ", "a", "x".repeat(61)]) assert.ok(added(VIEWS, name, "").error, name);
  assert.ok(added(Array(50).fill(VIEWS[0]), "b", "").error);
});

test("a view is renamed and deleted", () => {
  const two = [...VIEWS, { name: "b", search: "" }];
  assert.deepEqual(renamed(two, "b", "c").views.map(({ name }) => name), ["a", "c"]);
  assert.deepEqual(renamed(two, "b", "b").views, two);
  assert.ok(renamed(two, "b", "a").error);
  assert.deepEqual(without(two, "a"), [two[1]]);
});

test("what was kept and is no view is left out", () => {
  assert.deepEqual(readable([...VIEWS, null, 1, { name: "x" }, { name: "y", search: "//evil" }]), VIEWS);
});
