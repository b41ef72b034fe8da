// Form fields that own what is typed: a value from the server is put in once for each document,
// so that neither a slow answer nor a restarted backend wipes what a person wrote.
import { useEffect, useRef, useState } from "react";
import { Input } from "antd";

/** A labelled text field of a form. `docKey` names the document; an empty one means: not loaded yet. */
export function TextField({ name, label, hint, initial = "", docKey = "", draftKey, multiline, error, maxLength, required }) {
  const stored = draftKey && `${draftKey}.${name}`;
  const [text, setText] = useState(() => (stored && sessionStorage.getItem(stored)) ?? initial);
  const loaded = useRef(null);
  const typed = useRef(false);
  useEffect(() => {
    if (!docKey || docKey === loaded.current) return;
    const early = loaded.current === null && typed.current;
    loaded.current = docKey;
    if (early) return; // typed before the document arrived: what the person wrote stays
    const draft = stored ? sessionStorage.getItem(stored) : null;
    setText(draft ?? initial);
  }, [docKey, initial, stored]);
  const change = (event) => {
    typed.current = true;
    setText(event.target.value);
    if (stored) sessionStorage.setItem(stored, event.target.value);
  };
  const Box = multiline ? Input.TextArea : Input;
  const id = `field-${name}`;
  const about = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ") || undefined;
  return (
    <div className="field">
      <label className="label" htmlFor={id}>
        {label} {required && <span aria-hidden="true">*</span>}
      </label>
      <Box
        id={id} name={name} value={text} onChange={change} maxLength={maxLength} required={required}
        status={error ? "error" : undefined} aria-invalid={Boolean(error)} aria-describedby={about}
        {...(multiline ? { autoSize: { minRows: 2, maxRows: 6 } } : {})}
      />
      {hint && <span className="hint" id={`${id}-hint`}>{hint}</span>}
      {error && <span className="error" id={`${id}-error`} role="alert">{error}</span>}
    </div>
  );
}
