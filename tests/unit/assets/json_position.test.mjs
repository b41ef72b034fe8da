// Where a value of a JSON text stands.
import assert from "node:assert/strict";
import { test } from "node:test";
import { jsonPosition } from "../../../assets/json_position.js";

const TEXT = `{
  "type": "object",
  "properties": {
    "a": { "type": "strin" },
    "a.b": { "type": 7 },
    "list": { "enum": ["x", { "y": 1 }] }
  },
  "required": ["a", 3]
}
`;

const CASES = [
  ["", 1, 1],
  ["type", 2, 3],
  ["properties.a", 4, 5],
  ["properties.a.type", 4, 12],
  ["properties.a.b.type", 5, 14],
  ["properties.list.enum.1.y", 6, 31],
  ["properties.list.enum.1", 6, 29],
  ["required.1", 8, 21],
  ["properties.a.minLength", 4, 5],
  ["nothing", 1, 1],
];

for (const [path, line, column] of CASES) {
  test(`the place of ${path || "the whole"}`, () => assert.deepEqual(jsonPosition(TEXT, path), { line, column }));
}

test("a member that is not there is looked for in the object that lacks it", () => {
  assert.deepEqual(jsonPosition('{ "a": {"b": 1} }', "a.c"), { line: 1, column: 3 });
});

test("a text that is no JSON has no places", () => {
  for (const text of ['{"a" 1, "b": 2}', '{"a": {"b": 1', "{", '{"a": "']) assert.equal(jsonPosition(text, "b"), null);
});

test("escapes and brackets in texts mislead nobody", () => {
  assert.deepEqual(jsonPosition('{"x": "}\\"]", "\\u0061": 1}', "a"), { line: 1, column: 15 });
});
