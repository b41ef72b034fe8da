import assert from "node:assert/strict";
import { test } from "node:test";
import { countsOf, linesOf, rowsOf, stretchesOf, wordsOf } from "../../../assets/diff_lines.js";

/** As npm's `diff` answers, for lists that have no more than their first and last entries in common. */
const replaced = (a, b) => [{ value: a, removed: true }, { value: b, added: true }];
const text = (...lines) => lines.join("\n");
const short = (rows) => rows.map(({ kind, left, right }) => `${kind} ${left ?? ""}:${right ?? ""}`);

test("the last newline begins no line", () => {
  assert.deepEqual([linesOf(""), linesOf("a\n"), linesOf("a\n\n")], [[], ["a"], ["a", ""]]);
});

test("what changed stands beside what it was, and lines are numbered on both sides", () => {
  const rows = rowsOf(text("a", "b", "c", "z"), text("a", "B", "z"), replaced);
  assert.deepEqual(short(rows), ["same 1:1", "changed 2:2", "removed 3:", "same 4:3"]);
  assert.deepEqual(countsOf(rows), { removed: 2, added: 1 });
});

test("of fewer lines each stands beside the one that it is most like", () => {
  const pairs = (before, after) => short(rowsOf(text(...before, "z"), text(...after, "z"), replaced));
  const one = ["console.warn('about to add', a);", "total += a.value.amount;"];
  assert.deepEqual(pairs(one, ["total += a;"]), ["removed 1:", "changed 2:1", "same 3:2"]);
  assert.deepEqual(pairs(["total += a;"], one), ["added :1", "changed 1:2", "same 2:3"]);
  assert.deepEqual(pairs(["a b", "c d", "e f"], ["a x", "e y"]), ["changed 1:1", "removed 2:", "changed 3:2", "same 4:3"]);
});

test("parts in the middle that stayed keep both of their numbers", () => {
  const differ = () => [{ value: ["b"], removed: true }, { value: ["c"] }, { value: ["d"], added: true }];
  assert.deepEqual(short(rowsOf(text("b", "c"), text("c", "d"), differ)), ["removed 1:", "same 2:1", "added :2"]);
});

test("a text that begins or ends is all added or removed, without comparing", () => {
  const never = () => assert.fail("compared");
  assert.deepEqual(short(rowsOf("", text("a", "b"), never)), ["added :1", "added :2"]);
  assert.deepEqual(short(rowsOf(text("a", "b"), "", never)), ["removed 1:", "removed 2:"]);
  assert.deepEqual(short(rowsOf("a", "a", never)), ["same 1:1"]);
});

test("a pair that takes too long is one replaced stretch", () => {
  assert.deepEqual(short(rowsOf("a", "b", () => undefined)), ["changed 1:1"]);
});

test("what is far from a change is folded, what is near or short is not", () => {
  const kinds = (word) => [...word].map((letter) => ({ kind: letter === "." ? "same" : "changed" }));
  const folded = (word) => stretchesOf(kinds(word)).filter((one) => one.folded).map(({ from, to }) => [from, to]);
  assert.deepEqual(folded("..........x.........."), [[0, 7], [14, 21]]);
  assert.deepEqual(folded("......x......x......"), []);
  assert.deepEqual(folded("x..........x"), [[4, 8]]);
  assert.deepEqual(folded(".........."), []);
  const stretches = stretchesOf(kinds("....x...xx............x"));
  assert.deepEqual(stretches.map(({ from }) => from).slice(1), stretches.map(({ to }) => to).slice(0, -1));
  assert.equal(stretches.at(-1).to, 23);
});

test("words are marked where most of a line stayed", () => {
  const parts = [{ value: "let a = " }, { value: "1", removed: true }, { value: "2", added: true }, { value: ";" }];
  const found = wordsOf("let a = 1;", "let a = 2;", () => parts);
  assert.deepEqual(found.a.filter((piece) => piece.marked), [{ text: "1", marked: true }]);
  assert.deepEqual(found.b.map((piece) => piece.text).join(""), "let a = 2;");
  assert.equal(wordsOf("abc", "xyz", () => [{ value: "abc", removed: true }, { value: "xyz", added: true }]), null);
  assert.equal(wordsOf("a".repeat(3000), "b", () => assert.fail("compared")), null);
});
