import assert from "node:assert/strict";
import { test } from "node:test";
import { copied } from "../../../assets/clipboard.js";

const browser = (navigator, document) => {
  Object.defineProperty(globalThis, "navigator", { value: navigator, configurable: true });
  globalThis.document = document;
};

/** A page that knows only the old way; `copies` are the texts that it copied. */
function oldPage(copies, allowed = true) {
  let chosen = null;
  const box = { select: () => (chosen = box.value), remove: () => copies.push("removed") };
  const focused = { focus: () => copies.push("focused again") };
  return { activeElement: focused, body: { append() {} }, createElement: () => box, execCommand: (verb) => (copies.push(`${verb} ${chosen}`), allowed) };
}

test("a text is copied, and one that is still to come", async () => {
  const copies = [];
  browser({ clipboard: { writeText: async (text) => copies.push(text) } });
  assert.deepEqual([await copied(() => "at once"), await copied(async () => "later")], [true, true]);
  assert.deepEqual(copies, ["at once", "later"]);
});

test("on a plain http address the old way does it, and the focus stays", async () => {
  const copies = [];
  browser({}, oldPage(copies));
  assert.equal(await copied(async () => "text"), true);
  assert.deepEqual(copies, ["copy text", "removed", "focused again"]);
});

test("what the browser forbids, and a text that cannot be had, are told", async () => {
  browser({ clipboard: { writeText: () => Promise.reject(new Error("No")) } });
  assert.equal(await copied(() => "text"), false);
  browser({}, oldPage([], false));
  assert.equal(await copied(() => "text"), false);
  browser({ clipboard: { writeText: async () => {} } });
  assert.equal(await copied(() => Promise.reject(new Error("Away"))), false);
});
