// The form itself, generated from a JSON schema by rjsf. Loaded on its own: everything here is heavy.
import { Component } from "react";
import { createSchemaUtils } from "@rjsf/utils";
import { GeneratedForm } from "./schema_form_theme.jsx";
import { check, formValidator, hasField } from "./schema_validator.js";

export { check, hasField };

const LAYOUT = { rowGutter: 0, labelAlign: "left", colon: false };
const UI = { "ui:submitButtonOptions": { norender: true } };

/** `problems`: `[{path, message}]`, each shown at its field. `onData(value, path)` hears of each change, `onTouch(id)` of each visit. */
export function SchemaFields({ idPrefix, schema, data, problems, disabled, onData, onTouch }) {
  return (
    <GeneratedForm
      tagName="div" idPrefix={idPrefix} schema={schema} uiSchema={UI} formContext={LAYOUT} validator={formValidator}
      formData={data} extraErrors={errorTree(problems)} disabled={disabled} noValidate showErrorList={false}
      onChange={({ formData }, id) => onData(formData, id)} onBlur={(id) => onTouch(id)}
    >
      <></>
    </GeneratedForm>
  );
}

/** The value as the form is to take it. A given one stays as it is: what it lacks is not filled from the defaults. */
export function startingValue(schema, given) {
  const filled = createSchemaUtils(formValidator, schema).getDefaultFormState(schema, given);
  return given === undefined ? filled : withHoles(given, filled);
}

/** An `undefined` for everything that only the defaults have: the form leaves such fields empty, JSON leaves them out. */
function withHoles(given, filled) {
  if (Array.isArray(given)) return given.map((item, i) => withHoles(item, filled?.[i]));
  if (given === null || typeof given !== "object" || filled === null || typeof filled !== "object") return given;
  const holes = Object.keys(filled).filter((name) => !(name in given)).map((name) => [name, undefined]);
  const kept = Object.entries(given).map(([name, value]) => [name, withHoles(value, filled[name])]);
  return Object.fromEntries([...kept, ...holes]);
}

function errorTree(problems) {
  const tree = {};
  for (const { path, message } of problems) {
    let node = tree;
    for (const name of path) node = Object.hasOwn(node, name) ? node[name] : (node[name] = {});
    (node.__errors ??= []).push(message);
  }
  return tree;
}

/** A schema that the generator cannot draw must not take the page with it. */
export class Fence extends Component {
  state = { broken: false };

  static getDerivedStateFromError() {
    return { broken: true };
  }

  componentDidCatch(error) {
    console.error(error);
    this.props.onBroken();
  }

  render() {
    return this.state.broken ? null : this.props.children;
  }
}
