import assert from "node:assert/strict";
import { test } from "node:test";
import { JsonDoc } from "../../../assets/json_doc.js";

const VALUE = { name: "till", orders: [{ id: 1, lines: ["a", "b"] }, { id: 2, lines: [] }], "unit price": null };
/** A document with its first level open. */
const doc = (value = VALUE) => {
  const made = new JsonDoc(JSON.stringify(value));
  made.closeAll();
  return made;
};
const short = (rows) => rows.map(({ depth, key, text, open }) => `${" ".repeat(depth)}${key ?? "$"} ${text}${open ? " open" : ""}`);
const all = (one) => short(one.rows(0, 1000));

test("a document begins with its first level", () => {
  assert.deepEqual(all(doc()), ["$ {3} open", ' name "till"', " orders [2]", " unit price null"]);
  assert.deepEqual(all(doc(7)), ["$ 7"]);
  assert.deepEqual(all(doc([])), ["$ [0] open"]);
});

test("a short document begins open, a long one as far as it is seen at a glance", () => {
  assert.equal(new JsonDoc(JSON.stringify(VALUE)).about().rows, 12);
  const wide = Array.from({ length: 20 }, () => [1, 2]);
  assert.equal(new JsonDoc(JSON.stringify(wide)).about().rows, 21);
  assert.equal(new JsonDoc(JSON.stringify({ a: { b: wide } })).about().rows, 23);
  assert.equal(new JsonDoc("{}").about().rows, 1);
});

test("what is opened stands below, and goes when it is closed", () => {
  const one = doc();
  one.toggle([1, 0], true);
  assert.deepEqual(all(one), ["$ {3} open", ' name "till"', " orders [2] open", "  0 {2} open", "   id 1", "   lines [2]", "  1 {2}", " unit price null"]);
  assert.equal(one.toggle([1], false).rows, 4);
  assert.equal(one.toggle([], false).rows, 1);
  assert.equal(one.toggle([], true).rows, 4);
});

test("rows are found by their number, however many stand before them", () => {
  const big = doc(Array.from({ length: 2000 }, (_, i) => ({ id: i, tags: ["x"] })));
  const { rows, complete } = big.openAll();
  assert.deepEqual([rows, complete], [1 + 2000 * 4, true]);
  for (const row of [0, 1, 2, 3, 4, 5, 4001, 7999, 8000]) {
    const [found] = big.rows(row, row + 1);
    assert.equal(found.row, row);
    assert.equal(big.rowOf(found.path), row);
  }
  assert.equal(big.rows(8001, 8010).length, 0);
  big.toggle([1000], false);
  assert.equal(big.rowOf([1001]), 1 + 1000 * 4 + 1);
  assert.equal(big.closeAll().rows, 2001);
});

test("a search goes through keys and values, and opens what hides what it found", () => {
  const one = doc();
  assert.deepEqual(one.search("LI"), { count: 2, more: false });
  const { row, rows } = one.reveal(0);
  assert.equal(short(one.rows(row, row + 1))[0], "   lines [2]");
  assert.equal(rows, 8);
  assert.equal(one.search("b").count, 1);
  assert.equal(short(one.rows(one.reveal(0).row, 100))[0], '    1 "b"');
  assert.deepEqual(one.search(""), { count: 0, more: false });
  assert.equal(doc("till").search("TIL").count, 1);
  one.toggle([], false);
  one.search("till");
  assert.equal(one.reveal(0).row, 1);
});

test("a search ends where more than can be gone through were found", () => {
  const found = doc(Array.from({ length: 10_050 }, () => "x")).search("x");
  assert.deepEqual(found, { count: 10_000, more: true });
});

test("paths and values can be copied", () => {
  const one = doc();
  assert.equal(one.pathText([]), "$");
  assert.equal(one.pathText([1, 0, 1, 1]), "$.orders[0].lines[1]");
  assert.equal(one.pathText([2]), '$["unit price"]');
  assert.deepEqual(JSON.parse(one.valueText([1, 0])), VALUE.orders[0]);
  assert.equal(one.valueText([2]), "null");
});

test("the text has lines, the long ones cut", () => {
  const one = doc(["a", "x".repeat(20_000)]);
  assert.equal(one.lineCount(), 4);
  const lines = one.linesOf(0, 10);
  assert.deepEqual(lines.slice(0, 2), ["[", '  "a",']);
  assert.equal(lines[2].length, 10_001);
  assert.deepEqual(one.linesOf(3, 4), ["]"]);
});

test("long texts are cut, and integers that JavaScript would round keep their digits", { skip: !JSON.rawJSON }, () => {
  const [, text, number, small] = new JsonDoc(`[${JSON.stringify("x".repeat(999))}, 12345678901234567890, 9007199254740991]`).rows(0, 9);
  assert.equal(text.text.length, 303);
  assert.deepEqual([number.text, number.kind, small.text], ["12345678901234567890", "number", "9007199254740991"]);
});
