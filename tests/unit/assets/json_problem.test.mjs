import assert from "node:assert/strict";
import { test } from "node:test";
import { jsonProblem } from "../../../assets/json_problem.js";

test("what JSON.parse takes has no problem", () => {
  for (const text of ["0", ' {"a": [1, -2.5e3, "\\u00e9", null, true]} ', "[]", '""']) assert.equal(jsonProblem(text), null);
});

const CASES = [
  ['{"a": 1,}', 1, 8, /No comma/],
  ["{a: 1}", 1, 2, /needs double quotes/],
  ['{"a" 1}', 1, 6, /":" after the name/],
  ['{\n  "a": 1\n  "b": 2\n}', 3, 3, /"," or "}"/],
  ['{"a": tru}', 1, 7, /"tru" is not a value/],
  ['["a\nb"]', 1, 2, /not closed/],
  ["[1, 2", 1, 6, /end came too early/],
  ["", 1, 1, /end came too early/],
  ["{} {}", 1, 4, /Nothing may follow/],
  ["['a']", 1, 2, /double quotes/],
  ["[01]", 1, 3, /"," or "]"/],
];

for (const [text, line, column, message] of CASES) {
  test(`the place of the problem in ${JSON.stringify(text)}`, () => {
    const problem = jsonProblem(text);
    assert.deepEqual([problem.line, problem.column], [line, column]);
    assert.match(problem.message, message);
  });
}

test("a text that is nested too deeply to be looked at still has a problem", () => {
  assert.ok(jsonProblem("[".repeat(200_000)).message);
});
