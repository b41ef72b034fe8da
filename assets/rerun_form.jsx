// The input of a failed execution, to be mended, beside what differs from the one that failed.
import { useDeferredValue, useState } from "react";
import { DiffView } from "./diff.jsx";
import { SchemaForm } from "./schema_form.jsx";
import "./rerun_form.css";

const pretty = (value) => JSON.stringify(value ?? null, null, 2);

/** JSON in the form that differences are looked for in; what is no JSON (yet) stays as it is. */
function inOneForm(text) {
  try {
    return pretty(JSON.parse(text));
  } catch {
    return text;
  }
}

export function RerunForm({ initial, formKey, ...rest }) {
  const [text, setText] = useState("");
  const before = pretty(initial);
  const now = useDeferredValue(text);
  return (
    <div className="rerun">
      <section className="card pad" aria-label="Input">
        <h2>Input</h2>
        <SchemaForm initial={initial} formKey={formKey} onText={setText} {...rest} />
      </section>
      <section aria-label="What changes">
        <h2>What changes in the input</h2>
        <DiffView before={formKey ? before : null} after={now.trim() ? inOneForm(now) : before} beforeLabel="Failed" afterLabel="Now" label="Difference of the inputs" />
      </section>
    </div>
  );
}
