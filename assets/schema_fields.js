// A JSON Schema as fields, and what a person does to them. The text is the truth: each act makes another text,
// and whatever is not known here stays in it as it was.

export const TYPES = {
  "": "Anything", string: "Text", number: "Number", integer: "Whole number", boolean: "Yes or no", array: "List", object: "Object",
};
/** The keywords of a type's bounds, with what they are called. */
export const BOUNDS = {
  string: [["minLength", "Shortest"], ["maxLength", "Longest"]],
  number: [["minimum", "Least"], ["maximum", "Most"]],
  integer: [["minimum", "Least"], ["maximum", "Most"]],
  array: [["minItems", "Fewest items"], ["maxItems", "Most items"]],
};
// With one of these a schema says more than one type with its bounds.
const COMPOSITE = ["$ref", "$dynamicRef", "oneOf", "anyOf", "allOf", "not", "if"];
const SHOWN = new Set(["type", "title", "description", "properties", "required", "default", "enum", "items", "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems"]);
const OF_ROOT = new Set(["$schema", "$id", "title", "description", "type", "properties", "required"]);
export const DEPTH = 5;

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

/** `{schema, extra}` of a text that can be shown as fields, `extra` being what else it says; else `{why}`. */
export function opened(text) {
  if (!text.trim()) return { schema: null, extra: [] };
  let schema;
  try {
    schema = JSON.parse(text);
  } catch {
    return { why: "It is not JSON yet." };
  }
  // Such a number would come back as another one.
  if (/\d{16}/.test(text)) return { why: "It holds a number that is too long." };
  if (!isObject(schema)) return { why: "It describes no object." };
  const { type = "object", properties = {}, required = [] } = schema;
  if (type !== "object") return { why: "It describes no object." };
  if (!isObject(properties)) return { why: "Its properties are no object." };
  if (!Array.isArray(required)) return { why: "What is required is no list." };
  const mixed = COMPOSITE.filter((word) => word in schema);
  if (mixed.length && !Object.keys(properties).length) return { why: `It is made of other schemas (${mixed.join(", ")}).` };
  return { schema, extra: Object.keys(schema).filter((word) => !OF_ROOT.has(word)) };
}

/** The text of a schema. */
export const written = (schema) => JSON.stringify(schema, null, 2);

/** The part of a schema at a path of keys, such as `["properties", "a", "items"]`. */
export const at = (schema, path) => path.reduce((node, key) => node?.[key], schema);

/** The type of a field as `TYPES` has it; null where JSON says it better. */
export function typeOf(field) {
  if (!isObject(field) || COMPOSITE.some((word) => word in field)) return null;
  const { type = "" } = field;
  return typeof type === "string" && type in TYPES ? type : null;
}

/** What a field says besides what is shown of it. */
export const extraOf = (field) => (isObject(field) ? Object.keys(field).filter((word) => !SHOWN.has(word)) : []);

/** The fields of an object's schema: `[{name, field, required}]`. */
export function fieldsOf(node) {
  const properties = isObject(node?.properties) ? node.properties : {};
  const required = Array.isArray(node?.required) ? node.required : [];
  return Object.keys(properties).map((name) => ({ name, field: properties[name], required: required.includes(name) }));
}

/** Why a field may not be called so; empty where it may. */
export function refusedName(node, before, next) {
  if (!next) return "A field needs a name.";
  if (next !== before && Object.hasOwn(node.properties ?? {}, next)) return "There is a field of this name.";
  return next === "__proto__" ? "This name cannot be used." : "";
}

/** The value that a text stands for in a field of a type: `{value}`, undefined where it is empty, or `{why}`. */
export function valueOf(type, text) {
  if (text === "") return { value: undefined };
  if (type === "string" || type === "") return { value: text };
  const value = Number(text);
  if (!text.trim() || !Number.isFinite(value)) return { why: "This is no number." };
  return type === "integer" && !Number.isInteger(value) ? { why: "This is no whole number." } : { value };
}

/** The bound that a text stands for, as `valueOf`. */
export function boundOf(keyword, text) {
  const counts = /Length|Items/.test(keyword);
  const found = valueOf(counts ? "integer" : "number", text.trim());
  return counts && found.value < 0 ? { why: "This must not be below 0." } : found;
}

/** Whether a value can be edited as a text: no list or object, and not null. */
export const isPlain = (value) => ["string", "number"].includes(typeof value);

// Acts: each returns another schema and leaves the given one alone.

const changed = (schema, path, act) => {
  const copy = structuredClone(schema);
  act(at(copy, path));
  return copy;
};

/** `{schema, name}` with another text field at the end of the object at a path. */
export function addField(schema, path) {
  const start = schema ?? { type: "object", properties: {}, required: [] };
  const taken = at(start, path).properties ?? {};
  let number = Object.keys(taken).length + 1;
  while (Object.hasOwn(taken, `field${number}`)) number++;
  const name = `field${number}`;
  return { name, schema: changed(start, path, (node) => (node.properties = { ...node.properties, [name]: { type: "string" } })) };
}

export const removeField = (schema, path, name) =>
  changed(schema, path, (node) => {
    delete node.properties[name];
    require(node, node.required?.filter((each) => each !== name));
  });

/** Move a field up (-1) or down (1). */
export const moveField = (schema, path, name, by) =>
  changed(schema, path, (node) => {
    const entries = Object.entries(node.properties);
    const from = entries.findIndex(([each]) => each === name);
    entries.splice(from + by, 0, ...entries.splice(from, 1));
    node.properties = Object.fromEntries(entries);
  });

export const renameField = (schema, path, name, next) =>
  changed(schema, path, (node) => {
    node.properties = Object.fromEntries(Object.entries(node.properties).map(([each, field]) => [each === name ? next : each, field]));
    require(node, node.required?.map((each) => (each === name ? next : each)));
  });

export const setRequired = (schema, path, name, on) =>
  changed(schema, path, (node) => {
    const others = (node.required ?? []).filter((each) => each !== name);
    require(node, on ? [...others, name] : others);
  });

function require(node, names) {
  if (names?.length) node.required = names;
  else delete node.required;
}

/** Set what a field says under a keyword; undefined takes it away. */
export const setKeyword = (schema, path, keyword, value) =>
  changed(schema, path, (field) => {
    if (value === undefined) delete field[keyword];
    else field[keyword] = value;
  });

/** Give a field another type; what meant something for the old type alone goes. */
export const setType = (schema, path, type) =>
  changed(schema, path, (field) => {
    const kept = new Set((BOUNDS[type] ?? []).map(([keyword]) => keyword));
    for (const [keyword] of BOUNDS[field.type] ?? []) if (!kept.has(keyword)) delete field[keyword];
    if (type) field.type = type;
    else delete field.type;
    if (type !== "array") delete field.items;
    if (type !== "object") for (const keyword of ["properties", "required"]) delete field[keyword];
    if (!fits(type, field.default)) delete field.default;
    if (!field.enum?.every?.((value) => fits(type, value))) delete field.enum;
  });

function fits(type, value) {
  if (type === "integer") return Number.isInteger(value);
  if (type === "array") return Array.isArray(value);
  return type === "object" ? isObject(value) : !type || typeof value === type;
}
