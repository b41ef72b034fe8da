// A cron expression as plain controls and as text, of which the text is the truth: the controls rewrite it, and show
// what it says where they can. What it means, and what is wrong with it, is told by the server of the page.
import { useId, useRef, useState } from "react";
import { DAYS, FIELDS, HOURS, MINUTES, fieldsOf, shapeOf, textOf, textOfFields, turned } from "./cron_shape.js";
import { useDocument } from "./draft.js";
import "./run_form.css";
import "./cron_builder.css";

const KINDS = {
  minutes: "Every few minutes", hours: "Every few hours", daily: "Daily", weekly: "On weekdays", monthly: "Monthly", custom: "Custom",
};
const NAMES = { SUN: "Sunday", MON: "Monday", TUE: "Tuesday", WED: "Wednesday", THU: "Thursday", FRI: "Friday", SAT: "Saturday" };
// A week is read from Monday on.
const WEEK = [1, 2, 3, 4, 5, 6, 0];
const LIMIT = 200;

/** `told`: `{cron, words, normal, hints, error, field}` of the text that `onLook(text)` told; `error` is of the last save. */
export function CronBuilder({ name, initial = "", docKey, draftKey, savedKey, told = {}, error = "", onLook }) {
  const doc = useDocument({ value: initial, docKey, draftKey: draftKey && `${draftKey}.${name}`, savedKey, onChange: onLook });
  return <Builder key={doc.id} {...{ doc, name, told, error }} />;
}

function Builder({ doc, name, told, error }) {
  const id = useId();
  const [text, setText] = useState(doc.text);
  // Somebody who turned to the fields stays there, also where these happen to be of a plain shape.
  const [custom, setCustom] = useState(false);
  const box = useRef(null);
  const shape = shapeOf(text);
  const kind = custom ? "custom" : shape.kind;
  const news = told.cron === text;
  const refused = useRef({});
  if (refused.current.error !== error) refused.current = { error, text };
  const wrong = (news && told.error) || (refused.current.text === text && error) || "";

  const write = (next) => {
    setText(next);
    doc.changed(next);
  };
  // The box keeps what is typed in it; everything else puts the text into it.
  const put = (next) => {
    if (box.current) box.current.value = next;
    write(next);
  };
  const choose = (next) => {
    setCustom(next === "custom");
    if (next !== "custom" && next !== shape.kind) put(textOf(turned(shape, next), text));
  };
  const typed = (next) => {
    setCustom(false);
    write(next);
  };
  return (
    <div className="cron-builder" role="group" aria-label="When it runs">
      <div className="cron-shape">
        <div className="field">
          <label className="label" htmlFor={`${id}kind`}>Runs</label>
          <select id={`${id}kind`} className="native" value={kind} disabled={!doc.docKey} onChange={({ target }) => choose(target.value)}>
            {Object.entries(KINDS).map(([value, word]) => <option key={value} value={value}>{word}</option>)}
          </select>
        </div>
        {kind !== "custom" && <Shape id={id} shape={shape} onShape={(next) => put(textOf(next, text))} />}
      </div>
      {kind === "custom" && <Fields id={id} text={text} field={news ? told.field : ""} wrong={wrong} onText={put} />}
      <div className="field">
        <label className="label" htmlFor={`${id}text`}>Cron expression</label>
        <input
          ref={box} id={`${id}text`} name={name} className="native mono" defaultValue={doc.text} disabled={!doc.docKey} maxLength={LIMIT}
          onChange={({ target }) => typed(target.value)} onBlur={doc.flush} autoComplete="off" spellCheck={false}
          aria-invalid={wrong ? true : undefined} aria-describedby={`${id}words ${id}wrong ${id}hint`}
        />
        <span className="hint" id={`${id}hint`}>Five fields, or six with seconds first; or @daily, @hourly, @weekly, @monthly, @yearly</span>
      </div>
      <Told id={id} told={news ? told : {}} text={text} wrong={wrong} />
    </div>
  );
}

/** What the expression means, or what is wrong with it and what would be right. */
function Told({ id, told, text, wrong }) {
  const rewritten = told.normal && told.normal !== text.trim() && told.normal !== `0 ${text.trim()}`;
  return (
    <div className="cron-told">
      <p id={`${id}words`} className="cron-words" role="status">{!wrong && told.words}</p>
      <p id={`${id}wrong`} className="error" role="alert">{wrong && (told.field ? `${sentence(told.field)}: ${wrong}` : wrong)}</p>
      {!wrong && rewritten && <p className="hint">Kept as <code>{told.normal}</code></p>}
      {!wrong && told.hints?.map((hint) => <p key={hint} className="cron-hint">{hint}</p>)}
    </div>
  );
}

function Shape({ id, shape, onShape }) {
  const change = (more) => onShape({ ...shape, ...more });
  const { kind } = shape;
  return (
    <>
      {kind === "minutes" && <Every id={id} shape={shape} values={MINUTES} unit="minute" onChange={change} />}
      {kind === "hours" && <Every id={id} shape={shape} values={HOURS} unit="hour" onChange={change} />}
      {kind === "hours" && <Num id={`${id}minute`} label="At minute" value={shape.minute} least={0} most={59} onChange={(minute) => change({ minute })} />}
      {kind === "weekly" && <Weekdays id={id} days={shape.days} onChange={(days) => change({ days })} />}
      {kind === "monthly" && <Num id={`${id}day`} label="On day" value={shape.day} least={1} most={31} onChange={(day) => change({ day })} />}
      {"hour" in shape && <Time id={id} shape={shape} onChange={change} />}
    </>
  );
}

function Every({ id, shape, values, unit, onChange }) {
  return (
    <div className="field">
      <label className="label" htmlFor={`${id}every`}>Every</label>
      <select id={`${id}every`} className="native" value={shape.every} onChange={({ target }) => onChange({ every: Number(target.value) })}>
        {values.map((n) => <option key={n} value={n}>{n === 1 ? unit : `${n} ${unit}s`}</option>)}
      </select>
    </div>
  );
}

/** A whole number. While it is none, the last one stands. */
function Num({ id, label, value, least, most, onChange }) {
  const [typed, setTyped] = useState(null);
  const change = (text) => {
    setTyped(text);
    const n = Number(text);
    if (/^\d+$/.test(text) && n >= least && n <= most) onChange(n);
  };
  return (
    <div className="field">
      <label className="label" htmlFor={id}>{label}</label>
      <input
        id={id} className="native" type="number" min={least} max={most} value={typed ?? value}
        onChange={({ target }) => change(target.value)} onBlur={() => setTyped(null)}
      />
    </div>
  );
}

function Time({ id, shape, onChange }) {
  const two = (n) => String(n).padStart(2, "0");
  const change = (text) => {
    const found = /^(\d\d):(\d\d)/.exec(text);
    if (found) onChange({ hour: Number(found[1]), minute: Number(found[2]) });
  };
  return (
    <div className="field">
      <label className="label" htmlFor={`${id}time`}>At</label>
      <input id={`${id}time`} className="native" type="time" required value={`${two(shape.hour)}:${two(shape.minute)}`} onChange={({ target }) => change(target.value)} />
    </div>
  );
}

/** Days of the week; the last one stays, as a schedule without any has no time. */
function Weekdays({ id, days, onChange }) {
  const turn = (day, on) => {
    const next = on ? [...days, day] : days.filter((each) => each !== day);
    if (next.length) onChange(next);
  };
  return (
    <fieldset className="field cron-days">
      <legend className="label">On</legend>
      {WEEK.map((day) => (
        <label key={day} className="cron-day" htmlFor={`${id}day${day}`}>
          <input id={`${id}day${day}`} type="checkbox" checked={days.includes(day)} onChange={({ target }) => turn(day, target.checked)} aria-label={NAMES[DAYS[day]]} />
          <span aria-hidden="true">{NAMES[DAYS[day]].slice(0, 3)}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** The fields one by one. They keep what is typed in them; another text puts its own in. */
function Fields({ id, text, field, wrong, onText }) {
  const own = useRef(text);
  const version = useRef(0);
  const boxes = useRef([]);
  const fields = fieldsOf(text);
  if (text !== own.current) {
    own.current = text;
    version.current++;
  }
  if (!fields) return <p className="cron-left dim">This is not written in fields that could be shown one by one. It is left as it is.</p>;
  const typed = () => {
    own.current = textOfFields(boxes.current.map((box) => box.value.replace(/\s+/g, "") || "*"), text);
    onText(own.current);
  };
  return (
    <div className="cron-fields" key={version.current}>
      {FIELDS.map((name, n) => (
        <div key={name} className="field">
          <label className="label" htmlFor={`${id}field${n}`}>{sentence(name)}</label>
          <input
            ref={(box) => void (boxes.current[n] = box)} id={`${id}field${n}`} className="native mono" defaultValue={fields[n]} onChange={typed}
            autoComplete="off" spellCheck={false} aria-invalid={wrong && field === name ? true : undefined} aria-describedby={wrong && field === name ? `${id}wrong` : undefined}
          />
        </div>
      ))}
    </div>
  );
}

const sentence = (words) => words[0].toUpperCase() + words.slice(1);
