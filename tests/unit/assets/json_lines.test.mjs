import assert from "node:assert/strict";
import { test } from "node:test";
import { valuesOf } from "../../../assets/json_lines.js";

const encoder = new TextEncoder();

function reader(...chunks) {
  const waiting = chunks.map((chunk) => (typeof chunk === "string" ? encoder.encode(chunk) : chunk));
  return { read: async () => ({ value: waiting[0], done: waiting.shift() === undefined }) };
}

async function all(...chunks) {
  const found = [];
  for await (const each of valuesOf(reader(...chunks))) found.push(each);
  return found;
}

test("lines are read however they are cut", async () => {
  const bytes = encoder.encode('{"a":"é"}\n');
  assert.deepEqual(await all('{"a"', ':1}\n{"b":2}\n\n{"c"', ":3}\n"), [{ a: 1 }, { b: 2 }, { c: 3 }]);
  assert.deepEqual(await all(bytes.slice(0, 7), bytes.slice(7)), [{ a: "é" }]);
});
