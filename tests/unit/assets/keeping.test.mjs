import assert from "node:assert/strict";
import { test } from "node:test";
import { keep, keepText, kept, keptText } from "../../../assets/keeping.js";

/** A browser whose storage is this, or which forbids to ask for it. */
const browser = (get) => Object.defineProperty(globalThis, "localStorage", { get, configurable: true });

test("what is kept comes back, and what is of another kind does not", () => {
  const texts = new Map();
  const storage = { getItem: (name) => texts.get(name) ?? null, setItem: (name, text) => texts.set(name, text) };
  browser(() => storage);
  assert.deepEqual([keptText("way"), kept("views", [])], [null, []]);
  assert.deepEqual([keepText("way", "since"), keep("views", [1])], [true, true]);
  assert.deepEqual([keptText("way"), kept("views", [])], ["since", [1]]);
  assert.deepEqual([kept("way", []), kept("views", {})], [[], {}]);
});

test("a browser that keeps nothing breaks nothing", () => {
  browser(() => {
    throw new Error("The operation is insecure.");
  });
  assert.deepEqual([keptText("way"), keepText("way", "since")], [null, false]);
  assert.deepEqual([kept("views", []), keep("views", [1])], [[], false]);
});
