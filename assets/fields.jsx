// Form fields that own what is typed: a value from the server is put in once for each document,
// so that neither a slow answer nor a restarted backend wipes what a person wrote.
import { Input } from "antd";
import { useDocument } from "./draft.js";
import "./fields.css";

/**
 * A labelled text field of a form. `docKey` names the document; an empty one means: not loaded yet.
 * A new `savedKey` says that what was typed is saved: its draft goes.
 */
export function TextField({ name, label, hint, initial = "", docKey, draftKey, savedKey, multiline, error, maxLength, required }) {
  const doc = useDocument({ value: initial, docKey, draftKey: draftKey && `${draftKey}.${name}`, savedKey });
  // Another's text area writes its text into the page at each key, and all styles are computed anew.
  const Box = multiline ? "textarea" : Input;
  const id = `field-${name}`;
  const about = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ") || undefined;
  return (
    <div className="field">
      <label className="label" htmlFor={id}>
        {label} {required && <span aria-hidden="true">*</span>}
      </label>
      <Box
        id={id} key={doc.id} name={name} defaultValue={doc.text} disabled={!doc.docKey}
        onChange={(event) => doc.changed(event.target.value)} onBlur={doc.flush} maxLength={maxLength} required={required}
        aria-invalid={Boolean(error)} aria-describedby={about}
        {...(multiline ? { rows: 2, className: "growing" } : { status: error ? "error" : undefined })}
      />
      {hint && <span className="hint" id={`${id}-hint`}>{hint}</span>}
      {error && <span className="error" id={`${id}-error`} role="alert">{error}</span>}
    </div>
  );
}
