// A schema as fields: what is done to them, and what stays as it was.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  addField, at, boundOf, extraOf, fieldsOf, moveField, opened, refusedName, removeField, renameField, setKeyword, setRequired, setType, typeOf, valueOf, written,
} from "../../../assets/schema_fields.js";

const SCHEMA = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  properties: {
    name: { type: "string", minLength: 1, pattern: "^a", default: "a", "x-ours": { deep: [1] } },
    list: { type: "array", items: { type: "object", properties: { sku: { type: "string" } }, required: ["sku"] } },
    other: { oneOf: [{ type: "string" }, { type: "null" }] },
  },
  required: ["name", "list"],
  additionalProperties: false,
};
const LIST = ["properties", "list", "items"];

test("a schema of an object is shown as fields, and says what else it holds", () => {
  const { schema, extra } = opened(written(SCHEMA));
  assert.deepEqual(fieldsOf(schema).map(({ name, required }) => [name, required]), [["name", true], ["list", true], ["other", false]]);
  assert.deepEqual(extra, ["additionalProperties"]);
  assert.deepEqual(extraOf(schema.properties.name), ["pattern", "x-ours"]);
  assert.deepEqual(["name", "list", "other"].map((name) => typeOf(schema.properties[name])), ["string", "array", null]);
  assert.deepEqual([{}, true, { type: ["string", "null"] }, { type: "null" }, { $ref: "#" }].map(typeOf), ["", null, null, null, null]);
});

test("what cannot be shown as fields says why", () => {
  const why = (text) => opened(text).why;
  assert.match(why("{"), /not JSON/);
  for (const text of ["true", "[]", '{"type": "string"}']) assert.match(why(text), /no object/);
  assert.match(why('{"oneOf": [{}]}'), /oneOf/);
  assert.match(why('{"properties": []}'), /properties/);
  assert.match(why('{"required": "a"}'), /required/);
  assert.match(why('{"properties": {"a": {"maximum": 9007199254740993}}}'), /too long/);
  assert.deepEqual(opened("  "), { schema: null, extra: [] });
  assert.equal(why('{"properties": {"a": {}}, "anyOf": [{}]}'), undefined);
});

test("every act leaves all else as it was, and the given schema alone", () => {
  const before = written(SCHEMA);
  const renamed = renameField(SCHEMA, [], "name", "title");
  assert.deepEqual(Object.keys(renamed.properties), ["title", "list", "other"]);
  assert.deepEqual(renamed.properties.title, SCHEMA.properties.name);
  assert.deepEqual(renamed.required, ["title", "list"]);
  const moved = moveField(SCHEMA, [], "name", 1);
  assert.deepEqual(Object.keys(moved.properties), ["list", "name", "other"]);
  const removed = removeField(SCHEMA, [], "list");
  assert.deepEqual([Object.keys(removed.properties), removed.required, removed.additionalProperties], [["name", "other"], ["name"], false]);
  assert.equal(written(SCHEMA), before);
});

test("the last thing that is required takes the list with it", () => {
  const none = setRequired(setRequired(SCHEMA, [], "name", false), [], "list", false);
  assert.equal("required" in none, false);
  assert.deepEqual(setRequired(none, [], "other", true).required, ["other"]);
});

test("fields lie inside of others", () => {
  const { schema, name } = addField(SCHEMA, LIST);
  assert.equal(name, "field2");
  assert.deepEqual(at(schema, LIST).properties, { sku: { type: "string" }, field2: { type: "string" } });
  assert.equal(addField(schema, LIST).name, "field3");
  assert.deepEqual(setKeyword(SCHEMA, [...LIST, "properties", "sku"], "title", "SKU").properties.list.items.properties.sku, { type: "string", title: "SKU" });
});

test("the first field makes the schema", () => {
  assert.deepEqual(addField(null, []).schema, { type: "object", properties: { field1: { type: "string" } }, required: [] });
});

test("another type takes along what it can", () => {
  const field = ["properties", "name"];
  assert.deepEqual(at(setType(SCHEMA, field, "integer"), field), { type: "integer", pattern: "^a", "x-ours": { deep: [1] } });
  assert.deepEqual(at(setType(SCHEMA, ["properties", "list"], "string"), ["properties", "list"]), { type: "string" });
  const number = { properties: { a: { type: "integer", minimum: 1, enum: [1, 2], default: 2 } } };
  assert.deepEqual(setType(number, ["properties", "a"], "number").properties.a, { type: "number", minimum: 1, enum: [1, 2], default: 2 });
});

test("names, values and bounds are looked at before they are taken", () => {
  assert.equal(refusedName(SCHEMA, "name", "name"), "");
  assert.match(refusedName(SCHEMA, "name", "list"), /There is/);
  assert.match(refusedName(SCHEMA, "name", ""), /needs/);
  assert.equal(refusedName(SCHEMA, "name", "toString"), "");
  assert.deepEqual(valueOf("string", " x "), { value: " x " });
  assert.deepEqual(valueOf("integer", "7"), { value: 7 });
  assert.match(valueOf("integer", "7.5").why, /whole/);
  assert.match(valueOf("number", "x").why, /no number/);
  assert.deepEqual(valueOf("number", ""), { value: undefined });
  assert.match(boundOf("minLength", "-1").why, /below 0/);
  assert.deepEqual(boundOf("minimum", "-1.5"), { value: -1.5 });
});
