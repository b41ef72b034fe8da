// The shapes that can be chosen, and the expressions that they are.
import assert from "node:assert/strict";
import test from "node:test";
import { fieldsOf, shapeOf, textOf, textOfFields, turned } from "../../../assets/cron_shape.js";

const at = (kind, more) => ({ kind, ...more });
const NINE = { hour: 9, minute: 30 };

test("an expression of a plain shape is known, and written again as it was", () => {
  const table = {
    "0 * * * * *": at("minutes", { every: 1 }),
    "0 */5 * * * *": at("minutes", { every: 5 }),
    "*/15 * * * *": at("minutes", { every: 15 }),
    "0 0 * * * *": at("hours", { every: 1, minute: 0 }),
    "20 */6 * * *": at("hours", { every: 6, minute: 20 }),
    "0 30 9 * * *": at("daily", NINE),
    "30 9 * * MON-FRI": at("weekly", { days: [1, 2, 3, 4, 5], ...NINE }),
    "0 30 9 * * SUN,SAT": at("weekly", { days: [0, 6], ...NINE }),
    "0 30 9 31 * *": at("monthly", { day: 31, ...NINE }),
  };
  for (const [text, shape] of Object.entries(table)) {
    assert.deepEqual(shapeOf(text), shape, text);
    assert.equal(textOf(shape, text), text);
  }
});

test("numbers, names and question marks mean the same, and are written as names", () => {
  const table = {
    "30 9 * * 1-5": "30 9 * * MON-FRI", "0 30 9 ? * 0,6": "0 30 9 * * SUN,SAT", "0 30 9 * * 5-7": "0 30 9 * * SUN,FRI,SAT",
    "30 9 * * fri-mon": "30 9 * * SUN,MON,FRI,SAT", "0 30 9 * * 0-7": "0 30 9 * * *", "0 30 09 ? * ?": "0 30 9 * * *", "0 0/5 * * * *": "0 */5 * * * *",
    "0 30 9 * * MON-SUN": "0 30 9 * * *", "0 30 9 * * 7": "0 30 9 * * SUN",
  };
  for (const [text, written] of Object.entries(table)) assert.equal(textOf(shapeOf(text), text), written, text);
});

test("a macro is the expression that it stands for", () => {
  assert.deepEqual(shapeOf("@daily"), at("daily", { hour: 0, minute: 0 }));
  assert.deepEqual(shapeOf(" @Weekly "), at("weekly", { days: [0], hour: 0, minute: 0 }));
  assert.equal(textOf(at("daily", NINE), "@daily"), "0 30 9 * * *");
  assert.deepEqual(shapeOf("@yearly"), at("custom"));
});

test("what a shape cannot say is custom", () => {
  const texts = [
    "*/7 * * * *", "5 0 9 * * *", "0 0 9,17 * * *", "0 0 9 1 * MON", "0 0 9 * 6 *", "0 0 9 * * MON-FRI/2", "0 0 9-17 * * *", "0 5-10 * * * *",
    "0 */5 9 * * *", "0 0 9 L * *", "0 60 9 * * *", "0 0 24 * * *", "", "@never", "0 0 9 * * * 2027", "0 0 9 * * MON-TUE-WED", "0 0 9 * * 8",
  ];
  for (const text of texts) assert.deepEqual(shapeOf(text), at("custom"), text);
});

test("another kind keeps what both kinds have", () => {
  assert.deepEqual(turned(at("daily", NINE), "monthly"), at("monthly", { day: 1, ...NINE }));
  assert.deepEqual(turned(at("minutes", { every: 5 }), "daily"), at("daily", { hour: 9, minute: 0 }));
});

test("the fields of an expression are six, and five stay five while no seconds are wanted", () => {
  assert.deepEqual(fieldsOf("1 2 3 4 5"), ["0", "1", "2", "3", "4", "5"]);
  assert.deepEqual(fieldsOf("@hourly"), ["0", "0", "*", "*", "*", "*"]);
  assert.equal(fieldsOf("1 2 3"), null);
  assert.equal(textOfFields(["0", "1", "2", "*", "*", "*"], "1 1 * * *"), "1 2 * * *");
  assert.equal(textOfFields(["30", "1", "2", "*", "*", "*"], "1 1 * * *"), "30 1 2 * * *");
});
