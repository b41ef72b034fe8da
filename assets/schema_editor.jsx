// A JSON Schema, edited as fields or as JSON: the same text, which is also a field of the surrounding form.
import { useRef, useState } from "react";
import { useFlag } from "./browser.js";
import { Editor } from "./code_editor.jsx";
import { useDocument, useFormText } from "./draft.js";
import { opened, written } from "./schema_fields.js";
import { FieldList } from "./schema_field_list.jsx";
import "./schema_editor.css";

const TABS = [["fields", "Fields"], ["json", "JSON"]];

/** The tab in front is remembered for this person and this field of the form. */
export function SchemaEditor({ value = "", docKey, draftKey, savedKey, onChange, name, label, height, problems }) {
  const doc = useDocument({ value, docKey, draftKey, savedKey, onChange });
  const [inFields, turn] = useFlag(`ratchet.fields.${name}`, true);
  const [shown, setShown] = useState({ gen: 0 });
  const field = useRef(null);
  // The text of the last draw belongs to the document that was there then.
  const text = shown.docId === doc.id ? shown.text : doc.text;

  useFormText(field, name, doc);
  const draw = (next) => {
    doc.changed(next);
    setShown(({ gen }) => ({ gen, docId: doc.id, text: next }));
  };
  const front = (tab) => {
    if ((tab === "fields") === inFields) return;
    doc.flush();
    setShown(({ gen }) => ({ gen: gen + 1, docId: doc.id, text: doc.latest }));
    turn();
  };
  const known = docKey !== "" || doc.docKey !== "";
  return (
    <div className="schema-editor">
      <Tabs tab={inFields ? "fields" : "json"} label={label} onFront={front} />
      {inFields && known
        ? <Fields key={doc.id} text={text} label={label} onText={draw} onLeave={doc.flush} />
        : <Editor docId={`${doc.id} ${shown.gen}`} text={text} known={known} language="json" {...{ label, height, problems }} onTyped={doc.touched} onBlur={doc.flush} />}
      <textarea ref={field} hidden readOnly name={name} />
    </div>
  );
}

function Tabs({ tab, label, onFront }) {
  const move = (event) => {
    if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    const other = event.currentTarget.querySelector('[aria-selected="false"]');
    other.focus();
    other.click();
  };
  return (
    <div className="schema-form-tabs" role="tablist" aria-label={`${label} as`} onKeyDown={move}>
      {TABS.map(([id, name]) => (
        <button key={id} type="button" role="tab" aria-selected={tab === id} tabIndex={tab === id ? 0 : -1} onClick={() => onFront(id)}>{name}</button>
      ))}
    </div>
  );
}

function Fields({ text, label, onText, onLeave }) {
  const past = useRef([]);
  const [said, say] = useState("");
  const { schema, extra, why } = opened(text);
  if (why) {
    return (
      <div className="schema-editor-note" role="tabpanel" aria-label="Fields">
        <b>This schema cannot be shown as fields.</b> {why} It can be edited as JSON.
      </div>
    );
  }
  const change = (next, told = "") => {
    past.current = [...past.current.slice(-49), text];
    onText(written(next));
    say(told);
  };
  const undo = () => {
    onText(past.current.at(-1));
    past.current = past.current.slice(0, -1);
    say("Undone");
  };
  return (
    <div className="schema-editor-fields" role="tabpanel" aria-label="Fields" onBlur={onLeave}>
      {schema === null && <p className="schema-editor-note">No schema: anything is accepted. Add a field to say what is wanted.</p>}
      <FieldList {...{ schema, label }} path={[]} depth={1} onChange={change} />
      <div className="schema-editor-foot">
        <span role="status">{said}</span>
        {extra.length > 0 && <span>Also in the JSON: {extra.join(", ")}</span>}
        <button type="button" className="plain link" disabled={!past.current.length} onClick={undo}>Undo</button>
      </div>
    </div>
  );
}
