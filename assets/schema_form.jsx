// One value, edited as a form made from its JSON schema or as JSON text, and handed over as text.
import { useEffect, useId, useReducer, useRef, useState } from "react";
import { Button } from "antd";
import { Editor } from "./code_editor.jsx";
import { useDocument } from "./draft.js";
import { jsonProblem } from "./json_problem.js";
import { useLazy } from "./lazy.js";
import { carried } from "./schema_values.js";
import "./schema_form.css";

const NONE = [];
const EDITOR_PX = 260;
// A spinner that leaves before it was painted never ends its leaving, and goes on naming the button "loading".
const SPINNER_DELAY_MS = 200;
const loadFields = () => import("./schema_form_fields.jsx");
const nothing = async () => ({});

const pretty = (value) => (value === undefined ? "" : JSON.stringify(value, null, 2));

/**
 * `head(handle)` is drawn beside the tabs, `foot` above the button, which is not there without a `submitLabel`;
 * `handle`: `isTyped()`, `fill(text)`.
 * With `isWritten` the schema is being written: the form follows it, and what was typed stays where it still fits.
 */
export function SchemaForm({ schema, initial, formKey, draftKey, savedKey, onDraftRestored, head, isWritten = false, ...rest }) {
  const given = initial === undefined || initial === null ? "" : pretty(initial);
  const doc = useDocument({ value: given, docKey: formKey, draftKey, savedKey, onRestored: onDraftRestored });
  const [, draw] = useState(0);
  // Another value is shown in the tab that somebody chose, even where they chose it while the value was on its way.
  const chosen = useRef("form");
  // A restarted backend knows no schema for a moment: the form keeps the one that it was made from.
  const known = useRef(schema);
  if (formKey !== "") known.current = schema;
  const startOver = () => {
    doc.startOver();
    draw((n) => n + 1);
  };
  const handle = {
    isTyped: () => doc.dirty,
    fill: (text) => {
      doc.fill(text);
      draw((n) => n + 1);
    },
  };
  if (formKey === "" && !doc.docKey) return <Skeleton schema={schema || {}} />;
  const shape = drawable(known.current) ? known.current : null;
  // A schema that a form can be made of only now is a reason to show it.
  const key = isWritten ? `${doc.id} ${Boolean(shape)}` : doc.id;
  return <ValueForm key={key} {...{ doc, isWritten, chosen }} schema={shape} onStartOver={startOver} {...rest} head={head?.(handle)} />;
}

/** Whether a schema says enough to make a form of it: not just "anything" or "any object". */
function drawable(schema) {
  if (!schema || typeof schema !== "object") return false;
  const { type, properties, $ref, oneOf, anyOf, allOf } = schema;
  if ($ref || oneOf || anyOf || allOf || Object.keys(properties ?? {}).length) return true;
  return Boolean(type) && type !== "object";
}

function ValueForm({
  doc, schema, isWritten, chosen, label = "Input", submitLabel = "Submit", errors = NONE, busy = false, onSubmit, onStartOver, onText, head, foot,
}) {
  const { loaded: fields, failed, retry } = useLazy(schema ? loadFields : nothing);
  const form = useValue(doc, schema, fields, isWritten, chosen);
  const idPrefix = `form${useId().replace(/\W/g, "")}`;
  const judge = useJudgement(form, schema, fields, errors, busy, idPrefix);
  const editor = useRef(null);
  const box = useRef(null);
  const inForm = form.tab === "form";
  // Each change of a form draws it anew, typing JSON does not.
  useEffect(() => onText?.(form.text()));

  function stumble(wrong, more = "") {
    judge.setTrouble(wrong ? where(wrong) + more : "");
    if (wrong) editor.current?.goTo(wrong);
    return Boolean(wrong);
  }

  function submit(event) {
    event.preventDefault();
    if (busy || stumble(inForm ? null : jsonProblem(form.text()))) return;
    const wrong = judge.everything();
    if (wrong.length) return void requestAnimationFrame(() => focusField(box.current, wrong.map(judge.idOf)));
    doc.flush();
    onSubmit?.(form.text());
  }

  function shortcut(event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.stopPropagation();
    submit(event);
  }

  const retype = (text) => {
    form.setText(text);
    onText?.(text);
    judge.retyped();
  };
  const edit = (value, id) => {
    form.setValue(value);
    judge.edited(id);
  };
  const turn = (tab) => stumble(tab === "form" ? form.showForm() : form.showJson(), ": the form needs valid JSON");
  const fieldset = form.ready ? (
    <fields.Fence onBroken={form.giveUp}>
      <fields.SchemaFields key={form.turn} {...{ idPrefix, schema }} data={form.value} problems={judge.atFields} onData={edit} onTouch={judge.touch} />
    </fields.Fence>
  ) : failed ? <Failed onRetry={retry} /> : <Skeleton schema={schema} />;
  return (
    <form
      ref={box} className="schema-form" aria-label={label} noValidate data-tab={form.tab} data-ready={fields ? "" : undefined}
      onSubmit={submit} onKeyDownCapture={shortcut}
    >
      <Notes restored={doc.restored} broken={form.broken} onStartOver={onStartOver} />
      <div className="schema-form-head">
        {schema && !form.broken && <Tabs tab={form.tab} idPrefix={idPrefix} onTurn={turn} />}
        {head}
      </div>
      <div id={`${idPrefix}panel`} role={schema ? "tabpanel" : undefined} aria-label={schema ? (inForm ? "Form" : "JSON") : undefined}>
        {inForm ? fieldset : (
          <Editor
            docId={form.textId} text={form.text()} language="json" label={`${label} as JSON`} height={EDITOR_PX}
            handle={editor} onInput={retype} onBlur={doc.flush}
          />
        )}
      </div>
      {foot}
      <Findings judge={judge} />
      {submitLabel && (
        <div className="schema-form-foot">
          <Button type="primary" htmlType="submit" loading={busy && { delay: SPINNER_DELAY_MS }} disabled={inForm && !form.ready}>{submitLabel}</Button>
        </div>
      )}
    </form>
  );
}

/** What is wrong, and what of it is shown: a field tells only once it was visited, or after the first try to submit. */
function useJudgement(form, schema, fields, errors, busy, idPrefix) {
  const [all, setAll] = useState(false);
  const [touched, setTouched] = useState(NONE);
  const [refused, setRefused] = useRefused(errors, busy);
  const [trouble, setTrouble] = useState("");
  const [, recheck] = useReducer((n) => n + 1, 0);

  const idOf = ({ path }) => [idPrefix, ...path].join("_");
  const visited = (problem) => touched.some((id) => id === idOf(problem) || id.startsWith(`${idOf(problem)}_`));
  const { problems, unchecked } = form.tab === "form" || all ? form.check() : { problems: NONE };
  const shown = [...problems.filter((problem) => all || visited(problem)), ...refused];
  const hasPlace = ({ path }) => form.tab === "form" && fields?.hasField?.(schema, path);
  const touch = (id) => id && setTouched((before) => (before.includes(id) ? before : [...before, id]));
  return {
    idOf, touch, trouble, setTrouble, unchecked,
    atFields: shown.filter(hasPlace),
    elsewhere: shown.filter((problem) => !hasPlace(problem)),
    edited(id) {
      touch(id);
      setRefused((before) => before.filter((problem) => idOf(problem) !== id));
    },
    retyped() {
      setTrouble("");
      setRefused(NONE);
      if (all) recheck();
    },
    everything() {
      setAll(true);
      const found = form.check().problems;
      if (!found.length) setRefused(NONE);
      return found;
    },
  };
}

function Findings({ judge: { trouble, unchecked, elsewhere } }) {
  return (
    <>
      {unchecked && <p className="schema-form-note">Only the server can check this value: {unchecked}</p>}
      <div role="alert" className="schema-form-errors">
        {trouble && <p>{trouble}</p>}
        {elsewhere.map(({ path, message }, i) => <p key={i}>{path.length > 0 && <code>{path.join(".")}</code>} {message}</p>)}
      </div>
    </>
  );
}

function Notes({ restored, broken, onStartOver }) {
  return (
    <>
      {restored && (
        <p className="schema-form-note" role="status">
          What you had typed before was restored. <button type="button" onClick={onStartOver}>Start over</button>
        </p>
      )}
      {broken && <p className="schema-form-note">No form can be made from this schema; the value is edited as JSON.</p>}
    </>
  );
}

/** The value in both of its shapes. The tab in front owns it; turning the tab carries it over. */
function useValue(doc, schema, fields, isWritten, chosen) {
  const fits = !doc.latest.trim() || !jsonProblem(doc.latest);
  // Where there is no text yet, the form knows what a value begins as.
  const [tab, setTab] = useState(schema && fits ? (doc.latest.trim() ? chosen.current : "form") : "json");
  const [value, setValue] = useState(undefined);
  const [ready, setReady] = useState(false);
  const [broken, setBroken] = useState(false);
  const [textId, setTextId] = useState(0);
  const [shape, setShape] = useState({ schema, turn: 0 });
  const text = useRef(doc.latest || (schema ? "" : "{}"));

  const take = (next) => {
    setValue(next);
    text.current = pretty(next);
  };
  if (isWritten && shape.schema !== schema) {
    setShape({ schema, turn: shape.turn + 1 });
    setBroken(false);
    if (tab === "form" && ready) follow();
  }

  /** The form goes on under another schema; what somebody typed in it is still theirs, the rest is not. */
  function follow() {
    try {
      const next = carried(shape.schema, schema, value, fields.startingValue(schema, undefined));
      take(fields.startingValue(schema, next));
      if (doc.typed || doc.restored) doc.changed(text.current);
    } catch (error) {
      console.error(error);
      giveUp();
    }
  }

  useEffect(() => {
    if (!schema || !fields || ready || broken) return;
    try {
      if (tab === "form") take(fields.startingValue(schema, text.current.trim() ? JSON.parse(text.current) : undefined));
      setReady(true);
    } catch (error) {
      console.error(error);
      giveUp();
    }
  }, [schema, fields, ready, broken, tab]);

  function giveUp() {
    if (!text.current.trim()) text.current = "{}";
    setBroken(true);
    setTextId((n) => n + 1);
    setTab("json");
  }

  function choose(next) {
    chosen.current = next;
    setTab(next);
  }

  function showForm() {
    const wrong = jsonProblem(text.current);
    if (wrong) return wrong;
    setReady(false);
    choose("form");
    return null;
  }

  function showJson() {
    setTextId((n) => n + 1);
    choose("json");
    return null;
  }

  function check() {
    if (!schema || !fields) return { problems: NONE };
    if (tab === "json" && jsonProblem(text.current)) return { problems: NONE };
    try {
      return { problems: fields.check(schema, tab === "json" ? JSON.parse(text.current) : value) };
    } catch (error) {
      return { problems: NONE, unchecked: error.message.split("\n")[0] };
    }
  }

  const edited = (next) => {
    text.current = next;
    doc.changed(next);
  };
  return {
    tab, value, ready, broken, textId, turn: shape.turn, giveUp, showForm, showJson, check,
    text: () => text.current,
    setText: edited,
    setValue: (next) => {
      setValue(next);
      edited(pretty(next));
    },
  };
}

/** What the server said about the last submit, until it is edited or submitted again. */
function useRefused(errors, busy) {
  const [refused, setRefused] = useState(NONE);
  useEffect(() => {
    if (!busy) setRefused(errors.map(({ field, message }) => ({ path: pathOf(field), message })));
  }, [errors, busy]);
  return [refused, setRefused];
}

/** `input.items[0].name` as names; the leading `input` is the value itself. */
function pathOf(field) {
  const names = String(field ?? "").replace(/\[(\d+)\]/g, ".$1").split(".").filter(String);
  return names[0] === "input" ? names.slice(1) : names;
}

const where = ({ line, column, message }) => `Line ${line}, column ${column}: ${message}`;

function focusField(box, ids) {
  const field = ids.map((id) => document.getElementById(id)).find((element) => element && box.contains(element));
  if (!field) return;
  const input = field.matches("input, textarea, button, select") ? field : field.querySelector("input, textarea, button, select");
  (input ?? field).focus({ preventScroll: true });
  (input ?? field).scrollIntoView({ block: "nearest" });
}

function Tabs({ tab, idPrefix, onTurn }) {
  const names = [["form", "Form"], ["json", "JSON"]];
  const move = (event) => {
    if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    const other = event.currentTarget.querySelector('[aria-selected="false"]');
    other.focus();
    onTurn(other.dataset.tab);
  };
  return (
    <div className="schema-form-tabs" role="tablist" aria-label="Edit as" onKeyDown={move}>
      {names.map(([key, title]) => (
        <button
          key={key} type="button" role="tab" data-tab={key} aria-selected={tab === key} aria-controls={`${idPrefix}panel`}
          tabIndex={tab === key ? 0 : -1} onClick={() => tab !== key && onTurn(key)}
        >
          {title}
        </button>
      ))}
    </div>
  );
}

function Skeleton({ schema }) {
  const count = Math.max(1, Object.keys(schema.properties ?? {}).length);
  return (
    <div className="schema-form-skeleton" role="status" aria-label="Loading the form" style={{ height: heightOf(schema) }}>
      {Array.from({ length: count }, (_, i) => <i key={i} />)}
    </div>
  );
}

/** About as high as the form will be, in px: what follows it must not jump. */
function heightOf({ type, title, description, properties, oneOf, anyOf }) {
  const field = globalThis.innerWidth > 700 ? 80 : 88;
  if (type === "boolean") return 38;
  if (type === "array") return 81;
  if (oneOf || anyOf) return 2 * field;
  if (!properties) return field + (description ? 20 : 0);
  return Object.values(properties).reduce((sum, part) => sum + heightOf(part ?? {}), title ? 34 : 0);
}

function Failed({ onRetry }) {
  return (
    <div className="schema-form-note" role="alert">
      The form could not be loaded. <Button size="small" onClick={onRetry}>Retry</Button>
    </div>
  );
}
