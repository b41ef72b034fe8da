import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { ofTab } from "../../../assets/keeping_tab.js";

function browser({ full = false } = {}) {
  const kept = new Map();
  globalThis.sessionStorage = {
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, text) => {
      if (full) throw new Error("full");
      kept.set(name, text);
    },
  };
  return kept;
}

afterEach(() => delete globalThis.sessionStorage);

test("what is written is read, by its readers too, and is the same until it changes", () => {
  const kept = browser();
  const store = ofTab("a", []);
  let told = 0;
  const leave = store.follow(() => told++);
  store.write([1]);
  assert.deepEqual([store.read(), store.read() === store.read(), told, kept.get("a")], [[1], true, 1, "[1]"]);
  leave();
  store.write([1, 2]);
  assert.deepEqual([store.read(), told], [[1, 2], 1]);
});

test("what a full browser does not take lasts as long as the page, and what it takes again is read from it", () => {
  const kept = browser();
  const store = ofTab("b", []);
  store.write(["old"]);
  const other = browser({ full: true });
  other.set("b", kept.get("b"));
  store.write(["new"]);
  assert.deepEqual(store.read(), ["new"]);
  const room = browser();
  store.write(["newest"]);
  assert.deepEqual([store.read(), room.get("b")], [["newest"], '["newest"]']);
});

test("where there is no storage at all it lasts as long as the page", () => {
  const store = ofTab("c", { open: [] });
  assert.deepEqual(store.read(), { open: [] });
  store.write({ open: [1] });
  assert.deepEqual(store.read(), { open: [1] });
});

test("what is of another shape is nothing", () => {
  const kept = browser();
  kept.set("d", '{"x": 1}');
  assert.deepEqual(ofTab("d", []).read(), []);
  kept.set("d", "{");
  assert.deepEqual(ofTab("d", []).read(), []);
});
