import assert from "node:assert/strict";
import { test } from "node:test";
import { before, figure, linesOf, matching, pieces } from "../../../assets/figures.js";

const CASES = [
  [null, "count", "–"],
  [undefined, "ms", "–"],
  ["", "text", "–"],
  ["2.3.4", "text", "2.3.4"],
  [0, "count", "0"],
  [1234567, "count", "1,234,567"],
  [0, "bytes", "0 B"],
  [999, "bytes", "999 B"],
  [999_600, "bytes", "1 MB"],
  [1_500_000, "bytes", "1.5 MB"],
  [42, "megabytes", "42 MB"],
  [1536, "megabytes", "1.5 GB"],
  [0.4213, "ms", "0.421 ms"],
  [12.34, "ms", "12.3 ms"],
  [412.4, "ms", "412 ms"],
  [1834, "ms", "1.8 s"],
  [92_000, "ms", "1 m 32 s"],
  [18_960, "seconds", "5 h 16 m"],
  [100, "percent", "100 %"],
  [0.126, "percent", "0.13 %"],
  [200 / 3, "percent", "66.7 %"],
  [99.96, "percent", "99.9 %"],
  [0.001, "percent", "0.01 %"],
  [0, "percent", "0 %"],
  [12.34, "percent", "12.3 %"],
  [0.05, "per_second", "0.05 / s"],
  ["12", "count", "–"],
  [{}, "ms", "–"],
  [NaN, "count", "–"],
  [7, "parsecs", "7"],
];

for (const [value, unit, words] of CASES) {
  test(`${JSON.stringify(value)} ${unit} is ${words}`, () => assert.equal(figure(value, unit), words));
}

const TEXT = "# HELP Jobs that wait\njobs 3\njobs_failed 1\nother 2\n";

test("a text's last line break begins no further line", () => {
  assert.equal(linesOf(TEXT).length, 4);
  assert.deepEqual(linesOf(""), []);
  assert.deepEqual(linesOf("a\r\n\r\nb"), ["a", "", "b"]);
});

test("lines are found whatever their case, and each place is counted", () => {
  const found = matching(linesOf(TEXT), " JOBS ");
  assert.deepEqual(found.lines, ["# HELP Jobs that wait", "jobs 3", "jobs_failed 1"]);
  assert.equal(found.hits, 3);
  assert.equal(matching(["aaaa"], "aa").hits, 2);
});

test("nothing looked for leaves every line; what is nowhere leaves none", () => {
  assert.equal(matching(linesOf(TEXT), "  ").lines.length, 4);
  assert.deepEqual(matching(linesOf(TEXT), "(.*"), { lines: [], hits: 0 });
});

test("a line is cut where the hits are", () => {
  assert.deepEqual(pieces("Jobs and jobs", "jobs"), [["Jobs", true], [" and ", false], ["jobs", true]]);
  assert.deepEqual(pieces("", "x"), [["", false]]);
  assert.deepEqual(pieces("İ jobs", "jobs"), [["İ jobs", true]]);
});

test("what was before is a dash where it alone is unknown, and nothing only where nothing is told", () => {
  assert.equal(before({ before: 1.5 }, "count", "mean "), "mean before 1.5");
  assert.equal(before({ before: 0 }, "ms"), "before 0 ms");
  assert.equal(before({ before: null }, "ms"), "before –");
  assert.equal(before(undefined, "ms"), "");
});
