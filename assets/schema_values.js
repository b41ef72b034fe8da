// Values while their schema is being written: which text is a schema to make a form of, and what of a value goes on.

const TYPES = ["string", "number", "integer", "boolean", "array", "object", "null"];

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

/** The schema that a text is, null for none; undefined where it is not one, or not one yet. */
export function schemaOf(text) {
  if (!text.trim()) return null;
  try {
    const schema = JSON.parse(text);
    return isSchema(schema) ? schema : undefined;
  } catch {
    return undefined;
  }
}

function isSchema(schema) {
  if (typeof schema === "boolean") return true;
  if (!isObject(schema)) return false;
  const { type, properties = {}, required = [], items = true, enum: values = [] } = schema;
  const types = type === undefined ? [] : [type].flat();
  if (!types.every((one) => TYPES.includes(one)) || !Array.isArray(required) || !Array.isArray(values)) return false;
  return isObject(properties) && Object.values(properties).every(isSchema) && [items].flat().every(isSchema);
}

/**
 * A value of the schema `before` under the schema `now`, `fresh` being what a new one begins as: what was typed
 * stays where it still fits, members that are gone go, new ones are as in `fresh`.
 */
export function carried(before, now, value, fresh) {
  if (!isObject(now?.properties) || !isObject(value)) return hasType(now, value) ? value : fresh;
  const was = isObject(before?.properties) ? before.properties : {};
  const known = new Set([...Object.keys(was), ...Object.keys(now.properties)]);
  const others = Object.entries(value).filter(([name]) => !known.has(name));
  const own = Object.keys(now.properties).map((name) => {
    const isNew = !Object.hasOwn(was, name) && value[name] === undefined;
    const part = isNew ? fresh?.[name] : carried(was[name], now.properties[name], value[name], fresh?.[name]);
    return [name, part];
  });
  return Object.fromEntries([...own, ...others]);
}

/** Whether a value has the type that a schema wants; a field that was left empty may be of any. */
function hasType(schema, value) {
  if (value === undefined || schema?.type === undefined) return true;
  const kind = value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
  return [schema.type].flat().some((type) => type === kind || (kind === "number" && type === "integer" && Number.isInteger(value)));
}
