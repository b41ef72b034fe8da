// Checks a value against a JSON Schema without generating code, which the content security policy forbids.
// The browser's verdict is for convenience; the server checks again.
import { Validator } from "@cfworker/json-schema";

const DIALECTS = [["draft-04", "4"], ["draft-07", "7"], ["draft-06", "7"], ["2019-09", "2019-09"]];
const CONTAINERS = new Set([
  "properties", "items", "prefixItems", "additionalProperties", "patternProperties", "allOf", "if", "$ref", "dependentSchemas", "contains",
]);
const KINDS = ["type", "const", "enum"]; // what tells the alternatives of a value apart

/**
 * What is wrong with `value`: `[{path: ["items", "0"], message}]`, a missing property at its own path.
 * Throws an Error where the schema itself cannot be used.
 */
export function check(schema, value) {
  if (value === undefined) return [{ path: [], message: "Required" }];
  if (typeof schema === "boolean") return schema ? [] : [{ path: [], message: "No value is allowed here" }];
  const { errors } = new Validator(schema, dialect(schema), false).validate(plain(value));
  return telling(errors).map((error) => worded(schema, value, error));
}

/** The same as the form generator wants it: it asks which alternative of a schema a value fits. */
export const formValidator = {
  isValid: (schema, value, root) => fits(schema, value, root),
  validateFormData: () => ({ errors: [], errorSchema: {} }),
  rawValidation: (schema, value) => ({ errors: check(schema, value) }),
  toErrorList: () => [],
  reset() {},
};

function fits(schema, value, root) {
  if (typeof schema === "boolean") return schema;
  if (value === undefined) return true;
  const { definitions, $defs } = root ?? {};
  const whole = { ...schema, ...(definitions && { definitions }), ...($defs && { $defs }) };
  return new Validator(whole, dialect(root ?? schema)).validate(plain(value)).valid;
}

const dialect = ({ $schema }) => DIALECTS.find(([name]) => String($schema ?? "").includes(name))?.[1] ?? "2020-12";

/** As it would be sent: the form keeps cleared fields as `undefined`, which JSON does not know. */
const plain = (value) => JSON.parse(JSON.stringify(value));

/**
 * Only the errors that say something: containers repeat what their parts report. Of the alternatives of an
 * `anyOf` or `oneOf` only one is worth explaining, the one that at least has the right type.
 */
function telling(errors) {
  const choices = errors.filter(({ keyword }) => keyword === "anyOf" || keyword === "oneOf");
  let kept = errors.filter(({ keyword }) => !CONTAINERS.has(keyword));
  for (const choice of choices) {
    const inside = kept.filter((error) => error.keywordLocation.startsWith(`${choice.keywordLocation}/`));
    const branch = (error) => error.keywordLocation.slice(choice.keywordLocation.length + 1).split("/")[0];
    const odd = inside.filter((error) => error.instanceLocation === choice.instanceLocation && KINDS.includes(error.keyword));
    const unfit = new Set(odd.map(branch));
    const near = new Set(inside.map(branch).filter((name) => !unfit.has(name)));
    const explained = near.size === 1 ? inside.filter((error) => near.has(branch(error))) : [];
    kept = kept.filter((error) => !inside.includes(error) || explained.includes(error));
    if (explained.length) kept = kept.filter((error) => error !== choice);
  }
  return kept;
}

function worded(schema, value, { keyword, keywordLocation, instanceLocation, error }) {
  const path = pointer(instanceLocation);
  if (keyword === "required") {
    const missing = /property "(.*)"/.exec(error)?.[1];
    return { path: missing === undefined ? path : [...path, missing], message: "Required" };
  }
  if (keyword === "type" && (lookUp(value, path) ?? null) === null) return { path, message: "Required" }; // an empty item of a list
  const limit = lookUp(schema, pointer(keywordLocation));
  const message = limit === undefined && keyword !== "false" ? error : (WORDS[keyword]?.(limit) ?? error);
  return { path, message };
}

const TYPES = { string: "a text", number: "a number", integer: "a whole number", boolean: "true or false", array: "a list", object: "an object", null: "null" };
const FORMATS = {
  email: "an e-mail address", uri: "an address such as https://example.com", date: "a date such as 2026-01-31",
  "date-time": "a time such as 2026-01-31T12:00:00Z", time: "a time such as 12:00:00Z", uuid: "a UUID", ipv4: "an IPv4 address", hostname: "a host name",
};
const few = (n, noun) => `${n} ${noun}${n === 1 ? "" : "s"}`;
const shown = (value) => (typeof value === "string" ? value : JSON.stringify(value));

const WORDS = {
  type: (types) => `Must be ${[types].flat().map((type) => TYPES[type] ?? type).join(" or ")}`,
  enum: (values) => `Must be one of: ${values.map(shown).join(", ")}`,
  const: (value) => `Must be ${shown(value)}`,
  minimum: (n) => `Must be at least ${n}`,
  maximum: (n) => `Must be at most ${n}`,
  exclusiveMinimum: (n) => `Must be greater than ${n}`,
  exclusiveMaximum: (n) => `Must be less than ${n}`,
  multipleOf: (n) => `Must be a multiple of ${n}`,
  minLength: (n) => `Must have at least ${few(n, "character")}`,
  maxLength: (n) => `Must have at most ${few(n, "character")}`,
  pattern: (pattern) => `Must match ${pattern}`,
  format: (format) => `Must be ${FORMATS[format] ?? `in the format ${format}`}`,
  minItems: (n) => `Must have at least ${few(n, "item")}`,
  maxItems: (n) => `Must have at most ${few(n, "item")}`,
  uniqueItems: () => "No two items may be the same",
  oneOf: () => "Must fit exactly one of the allowed forms",
  anyOf: () => "Must fit one of the allowed forms",
  not: () => "This value is not allowed",
  false: () => "Nothing is allowed here",
};

/** The names in a JSON pointer (RFC 6901) written as a fragment: `#/items/0`. */
const pointer = (text) => text.slice(2).split("/").filter(String).map((name) => decodeURI(name).replaceAll("~1", "/").replaceAll("~0", "~"));

/** What stands at a place of a schema, through references into the same schema; undefined when it cannot be told. */
function lookUp(schema, names) {
  let at = schema;
  for (const name of names) {
    if (at === null || typeof at !== "object") return undefined;
    at = name === "$ref" ? target(schema, at.$ref) : at[name];
  }
  return at;
}

const target = (schema, ref) => (String(ref).startsWith("#") ? lookUp(schema, pointer(ref)) : undefined);

/** Whether a form made from `schema` has a place for errors at this path; the whole of an object has none. */
export function hasField(schema, path, root = schema) {
  if (schema === null || typeof schema !== "object") return false;
  if (schema.$ref) return hasField(target(root, schema.$ref), path, root);
  if (!path.length) return root !== schema || !schema.properties;
  const [name, ...rest] = path;
  const own = /^\d+$/.test(name) && schema.items ? schema.items : schema.properties?.[name];
  if (own !== undefined && own !== false) return hasField(own === true ? {} : own, rest, root);
  const parts = ["allOf", "anyOf", "oneOf"].flatMap((keyword) => schema[keyword] ?? []);
  return [...parts, schema.then, schema.else].some((part) => hasField(part, path, root));
}
