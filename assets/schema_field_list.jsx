// The fields of an object's schema: each with its name, type and rules, and what lies inside of it.
import { useEffect, useId, useRef, useState } from "react";
import {
  BOUNDS, DEPTH, TYPES, addField, at, boundOf, extraOf, fieldsOf, isPlain, moveField, refusedName, removeField, renameField, setKeyword, setRequired, setType, typeOf, valueOf,
} from "./schema_fields.js";

const NAME = ["[data-name]"];
const INNER = { object: [], array: ["items"] };

/** `onChange(schema, told)` gets the whole schema after each act; `path` is where the object stands in it. */
export function FieldList({ schema, path, depth, label, onChange }) {
  const box = useRef(null);
  const wanted = useRef(null);
  const [open, setOpen] = useState([]);
  const node = schema && at(schema, path);
  const fields = fieldsOf(node);
  // Whoever adds, moves or removes a field stays where the list now has it.
  useEffect(() => {
    if (!wanted.current) return;
    const { place, controls } = wanted.current;
    wanted.current = null;
    const row = box.current.querySelector(":scope > ul")?.children[place];
    const found = controls.map((control) => row?.querySelector(control)).find(Boolean);
    (found ?? box.current.querySelector(":scope > .schema-add")).focus();
  });
  const then = (place, controls, next, told) => {
    wanted.current = { place, controls };
    onChange(next, told);
  };
  const add = () => then(fields.length, NAME, addField(schema, path).schema, "Field added");
  const rename = (name, place, next) => {
    setOpen((before) => before.map((each) => (each === name ? next : each)));
    const changed = renameField(schema, path, name, next);
    const stays = box.current.contains(document.activeElement) && document.activeElement.matches(NAME[0]);
    if (stays) then(place, NAME, changed, `Renamed to ${next}`);
    else onChange(changed, `Renamed to ${next}`);
  };
  const act = (name, place) => ({
    rename: (next) => rename(name, place, next),
    open: () => setOpen((before) => (before.includes(name) ? before.filter((each) => each !== name) : [...before, name])),
    require: (on) => onChange(setRequired(schema, path, name, on)),
    remove: () => then(Math.min(place, fields.length - 2), NAME, removeField(schema, path, name), `${name} removed`),
    move: (by) => then(place + by, [`[data-move="${by}"]:enabled`, "[data-move]:enabled"], moveField(schema, path, name, by), `${name} is now ${place + by + 1} of ${fields.length}`),
  });
  return (
    <div className="schema-list" ref={box}>
      {fields.length > 0 && (
        <ul aria-label={label}>
          {fields.map(({ name, field, required }, place) => (
            <Field
              key={name} {...{ schema, node, name, field, required, depth, onChange }} open={open.includes(name)} acts={act(name, place)}
              path={[...path, "properties", name]} isFirst={place === 0} isLast={place === fields.length - 1}
            />
          ))}
        </ul>
      )}
      <button type="button" className="button schema-add" onClick={add}>Add field{depth > 1 && ` to ${label}`}</button>
    </div>
  );
}

function Field({ schema, node, name, field, required, path, depth, open, isFirst, isLast, acts, onChange }) {
  const id = useId();
  const type = typeOf(field);
  const set = (keyword, value) => onChange(setKeyword(schema, path, keyword, value));
  return (
    <li className="schema-field" data-depth={depth}>
      <div className="schema-field-head">
        <Committed
          label="Name" value={name} data-name="" className="mono" hideLabel
          check={(text) => ({ why: refusedName(node, name, text.trim()), value: text.trim() })} onCommit={acts.rename}
        />
        <TypeSelect name={name} type={type} onType={(next) => onChange(setType(schema, path, next))} />
        <label className="schema-check"><input type="checkbox" checked={required} onChange={(event) => acts.require(event.target.checked)} /> Required<span className="visually-hidden"> {name}</span></label>
        <span className="schema-tools">
          <Tool label={`Move ${name} up`} data-move="-1" disabled={isFirst} onClick={() => acts.move(-1)}>↑</Tool>
          <Tool label={`Move ${name} down`} data-move="1" disabled={isLast} onClick={() => acts.move(1)}>↓</Tool>
          <Tool label={`Remove ${name}`} onClick={acts.remove}>✕</Tool>
          <button type="button" className="plain link" aria-expanded={open} aria-controls={id} onClick={acts.open}>
            {open ? "Less" : "More"}<span className="visually-hidden"> of {name}</span>
          </button>
        </span>
      </div>
      <div id={id} hidden={!open}>{open && <Details {...{ name, field, type, set }} />}</div>
      <Inside {...{ schema, field, name, type, path, depth, onChange }} />
    </li>
  );
}

function TypeSelect({ name, type, label = "Type", onType }) {
  return (
    <select aria-label={`${label} of ${name}`} value={type ?? "other"} disabled={type === null} onChange={(event) => onType(event.target.value)}>
      {type === null && <option value="other">As in JSON</option>}
      {Object.entries(TYPES).map(([value, word]) => <option key={value} value={value}>{word}</option>)}
    </select>
  );
}

const Tool = ({ label, children, ...rest }) => (
  <button type="button" className="plain icon-button" aria-label={label} title={label} {...rest}><span aria-hidden="true">{children}</span></button>
);

/** What is said of a field beside its name and type. */
function Details({ name, field, type, set }) {
  if (type === null) return <p className="schema-editor-note">{name} is described in a way that only JSON can show.</p>;
  const extra = extraOf(field);
  return (
    <div className="schema-details">
      <Committed label="Title" value={field.title ?? ""} onCommit={(text) => set("title", text || undefined)} />
      <Committed label="Description" value={field.description ?? ""} onCommit={(text) => set("description", text || undefined)} />
      <Default {...{ field, type, set }} />
      <Choices {...{ field, type, set }} />
      {(BOUNDS[type] ?? []).map(([keyword, word]) => (
        <Committed
          key={keyword} label={word} value={String(field[keyword] ?? "")} inputMode="decimal"
          check={(text) => boundOf(keyword, text)} onCommit={(value) => set(keyword, value)}
        />
      ))}
      {extra.length > 0 && <p className="schema-editor-note">Also in the JSON: {extra.join(", ")}</p>}
    </div>
  );
}

function Default({ field, type, set }) {
  const given = field.default;
  if (type === "boolean") {
    return (
      <label className="schema-part">
        <span>Default</span>
        <select value={String(given ?? "")} onChange={({ target }) => set("default", target.value === "" ? undefined : target.value === "true")}>
          <option value="">None</option><option value="true">Yes</option><option value="false">No</option>
        </select>
      </label>
    );
  }
  if (!["", "string", "number", "integer"].includes(type) || (given !== undefined && !isPlain(given))) return null;
  return <Committed label="Default" value={String(given ?? "")} check={(text) => valueOf(type, text)} onCommit={(value) => set("default", value)} />;
}

/** The values that are allowed, one a line. */
function Choices({ field, type, set }) {
  const given = field.enum;
  const writable = given === undefined || (Array.isArray(given) && given.every(isPlain));
  if (!["string", "number", "integer"].includes(type) || !writable) return null;
  const read = (text) => {
    const found = [...new Set(text.split("\n").filter((line) => line.trim()))].map((line) => valueOf(type, type === "string" ? line : line.trim()));
    const wrong = found.find(({ why }) => why);
    return wrong ?? { value: found.length ? found.map(({ value }) => value) : undefined };
  };
  return <Committed label="Allowed values, one a line" lines value={(given ?? []).join("\n")} check={read} onCommit={(value) => set("enum", value)} />;
}

/** The fields of an object, or of the objects in a list. */
function Inside({ schema, field, name, type, path, depth, onChange }) {
  if (!(type in INNER)) return null;
  const inner = [...path, ...INNER[type]];
  const items = type === "array" ? typeOf(field.items ?? {}) : null;
  const setItems = (next) => onChange(setType(field.items ? schema : setKeyword(schema, path, "items", {}), inner, next));
  const nested = type === "object" || items === "object";
  return (
    <div className="schema-inside">
      {type === "array" && <label className="schema-part"><span>Each item</span><TypeSelect label="Items" name={name} type={items} onType={setItems} /></label>}
      {nested && (depth < DEPTH
        ? <FieldList {...{ schema, onChange }} path={inner} depth={depth + 1} label={name} />
        : <p className="schema-editor-note">What lies deeper can be edited as JSON.</p>)}
    </div>
  );
}

/** A field whose text counts once it is left, or at Enter: what is half typed is no name and no number. */
function Committed({ label, value, check = (text) => ({ value: text }), onCommit, hideLabel, lines, ...rest }) {
  const [typed, setTyped] = useState(null);
  const [fresh, setFresh] = useState(0);
  const id = useId();
  const why = typed === null ? "" : check(typed).why;
  const commit = () => {
    if (typed === null) return;
    const { why: wrong, value: next } = check(typed);
    if (wrong) return;
    setTyped(null);
    if (typed !== value) onCommit(next);
  };
  const key = (event) => {
    if (event.key === "Enter" && !lines) {
      event.preventDefault();
      commit();
    }
    if (event.key !== "Escape") return;
    setTyped(null);
    setFresh(fresh + 1);
  };
  const Box = lines ? "textarea" : "input";
  // A text area that React owns gets its text anew at each key, and all styles are computed anew.
  const owned = lines ? { key: `${value} ${fresh}`, defaultValue: value, rows: 3 } : { value: typed ?? value };
  const { key: boxKey, ...text } = owned;
  return (
    <div className="schema-part">
      <label htmlFor={id} className={hideLabel ? "visually-hidden" : undefined}>{label}</label>
      <Box
        id={id} key={boxKey} {...text} onChange={(event) => setTyped(event.target.value)} onBlur={commit} onKeyDown={key}
        aria-invalid={Boolean(why)} aria-describedby={why ? `${id}-why` : undefined} autoComplete="off" spellCheck={false} {...rest}
      />
      {why && <span className="error" id={`${id}-why`} role="alert">{why}</span>}
    </div>
  );
}
