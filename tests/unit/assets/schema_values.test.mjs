import assert from "node:assert/strict";
import { test } from "node:test";
import { carried, schemaOf } from "../../../assets/schema_values.js";

const object = (properties) => ({ type: "object", properties });
const text = { type: "string" };

test("a text is a schema once all of its types are known", () => {
  assert.equal(schemaOf("  "), null);
  assert.deepEqual(schemaOf('{"type": ["string", "null"]}'), { type: ["string", "null"] });
  const not = ["{", "7", '{"type": "strin"}', '{"properties": []}', '{"properties": {"a": {"type": "i"}}}', '{"items": 1}', '{"required": "a"}'];
  for (const one of not) assert.equal(schemaOf(one), undefined, one);
});

test("what was typed stays, what is gone goes, what is new begins", () => {
  const before = object({ name: text, old: text, empty: text });
  const now = object({ name: text, empty: text, amount: { type: "integer", default: 3 } });
  const fresh = { name: "world", empty: "full", amount: 3 };
  const value = { name: "typed", old: "x", besides: 1 };
  assert.deepEqual(carried(before, now, value, fresh), { name: "typed", empty: undefined, amount: 3, besides: 1 });
});

test("a member of another type begins anew, one inside another is kept", () => {
  const before = object({ a: text, in: object({ b: text }) });
  const now = object({ a: { type: "integer" }, in: object({ b: text, c: text }) });
  const value = { a: "typed", in: { b: "typed" } };
  assert.deepEqual(carried(before, now, value, { a: 1, in: { c: "new" } }), { a: 1, in: { b: "typed", c: "new" } });
  assert.equal(carried(text, { type: "integer" }, 7, 0), 7);
  assert.equal(carried(text, { type: "integer" }, 7.5, 0), 0);
});
