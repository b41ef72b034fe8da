// One of a few choices of a form, each with what it means; or one of a list. What is chosen lives in the browser until it is saved.
import { useId, useState } from "react";
import { useDocument } from "./draft.js";
import "./run_form.css";
import "./choice_field.css";

/** `options`: `[{value, label, meaning}]`; without meanings they are a list to pull down. */
export function ChoiceField({ name, label, options, initial = "", docKey, draftKey, savedKey, error = "" }) {
  const doc = useDocument({ value: initial, docKey, draftKey: draftKey && `${draftKey}.${name}`, savedKey });
  return <Choice key={doc.id} {...{ doc, name, label, options, error }} />;
}

function Choice({ doc, name, label, options, error }) {
  const id = useId();
  const [chosen, setChosen] = useState(doc.text);
  const choose = (value) => {
    setChosen(value);
    doc.changed(value);
  };
  const told = error && <span className="error" id={`${id}error`} role="alert">{error}</span>;
  if (!options.some((option) => option.meaning)) {
    return (
      <div className="field">
        <label className="label" htmlFor={id}>{label}</label>
        <select
          id={id} name={name} className="native" value={chosen} disabled={!doc.docKey} onChange={({ target }) => choose(target.value)}
          aria-describedby={error ? `${id}error` : undefined} aria-invalid={error ? true : undefined}
        >
          {options.map((option) => <option key={option.value} value={option.value}>{option.label}</option>)}
        </select>
        {told}
      </div>
    );
  }
  return (
    <fieldset className="field choice" aria-describedby={error ? `${id}error` : undefined} disabled={!doc.docKey}>
      <legend className="label">{label}</legend>
      {options.map(({ value, label: word, meaning }) => (
        <label key={value} className="choice-option" htmlFor={`${id}${value}`}>
          <input
            id={`${id}${value}`} type="radio" name={name} value={value} checked={chosen === value} onChange={() => choose(value)}
            aria-describedby={`${id}${value}meaning`} aria-label={word}
          />
          <span><b>{word}</b> <span className="dim" id={`${id}${value}meaning`}>{meaning}</span></span>
        </label>
      ))}
      {told}
    </fieldset>
  );
}
