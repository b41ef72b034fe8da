// The form that runs a task: its input, recent inputs to begin with, and when and how it is to run.
import { useEffect, useMemo, useRef, useState } from "react";
import { Button } from "antd";
import { Ago, Instant } from "./clock.jsx";
import { momentOf } from "./moments.js";
import { SchemaForm } from "./schema_form.jsx";
import "./run_form.css";

const NONE = [];
const OPTIONS = { priority: "priority", scheduledFor: "when", maxRetries: "retries" };
const PRIORITIES = [["", "Normal"], ["CRITICAL", "Critical"], ["HIGH", "High"], ["LOW", "Low"]];
const WORDS = { COMPLETED: "Completed", FAILED: "Failed", CANCELLED: "Cancelled", RUNNING: "Running", PENDING: "Pending" };

/** `onSubmit(text, options)`: the input as JSON; `priority`, `scheduled_for`, `max_retries` where they are chosen. */
export function RunForm({ recent = NONE, recentState = "", recentOff = false, onRecent, onSubmit, errors = NONE, busy, ...rest }) {
  // Kept here: the fields below are made anew when the input is replaced.
  const [chosen, setChosen] = useState({ priority: "", when: "", retries: "" });
  const [open, setOpen] = useState(false);
  const [missed, setMissed] = useState("");
  const when = useRef(null);
  const attempt = useAttempt(busy, errors);
  const [atOptions, atInput] = useMemo(() => {
    const isOption = ({ field }) => field in OPTIONS;
    return [errors.filter(isOption), errors.filter((error) => !isOption(error))];
  }, [errors]);

  function submit(text) {
    const moment = momentOf(chosen.when);
    if (moment === undefined) {
      setMissed("Write a delay, such as in 10 minutes, or a time, such as 18:30 or 2026-12-24 18:00");
      when.current?.focus();
      return;
    }
    const options = { attempt: attempt.current, priority: chosen.priority, scheduled_for: moment?.toISOString() ?? "", max_retries: chosen.retries.trim() };
    onSubmit?.(text, options);
  }

  const head = (form) => !recentOff && <Recent rows={recent} state={recentState} form={form} onOpen={onRecent} />;
  const choose = (name, value) => {
    setMissed("");
    setChosen((before) => ({ ...before, [name]: value }));
  };
  const foot = <Options {...{ chosen, open, missed }} when={when} problems={atOptions} onChoose={choose} onOpen={setOpen} />;
  return <SchemaForm {...rest} errors={atInput} busy={busy} onSubmit={submit} head={head} foot={foot} />;
}

/** One press has one name, until it is answered: a second press before that is the same one, and is not done twice. */
function useAttempt(busy, errors) {
  const attempt = useRef("");
  useEffect(() => {
    if (!busy) attempt.current = Math.random().toString(36).slice(2);
  }, [busy, errors]);
  return attempt;
}

function Recent({ rows, state, form, onOpen }) {
  const [open, setOpen] = useState(false);
  const [asked, setAsked] = useState(null);
  const turn = () => {
    if (!open) onOpen?.();
    setOpen(!open);
    setAsked(null);
  };
  const choose = (row) => {
    if (form.isTyped() && asked !== row.id) return setAsked(row.id);
    setOpen(false);
    form.fill(row.text);
  };
  return (
    <div className="recent">
      <button type="button" className="plain link" aria-expanded={open} onClick={turn}>Recent inputs</button>
      {open && (
        <ul className="recent-list" aria-label="Recent inputs">
          {rows.map((row) => (
            <li key={row.id}>
              <button type="button" className="plain" onClick={() => choose(row)}>
                <code>{row.preview}</code>
                <span className="dim">{WORDS[row.status] ?? row.status} · <Ago at={row.at} /></span>
              </button>
              {asked === row.id && (
                <span className="recent-question" role="alert">
                  Replace what you typed? <Button size="small" onClick={() => choose(row)}>Replace</Button>
                  <Button size="small" type="text" onClick={() => setAsked(null)}>Keep</Button>
                </span>
              )}
            </li>
          ))}
          {!rows.length && <li className="dim" role="status">{state === "loading" ? "Looking…" : state || "No run of this task has an input that can be used again."}</li>}
        </ul>
      )}
    </div>
  );
}

/** Without any of these a run begins at once; with one of them it is a job of the queue. */
function Options({ chosen, open, missed, when, problems, onChoose, onOpen }) {
  const given = (name) => ({ name: `run.${name}`, className: "native", value: chosen[name], onChange: ({ target }) => onChoose(name, target.value) });
  const problemOf = (field) => problems.find((problem) => problem.field === field)?.message;
  const field = (key, label, input, problem) => (
    <label className="field">
      <span className="label">{label}</span>
      {input}
      {problem && <span className="error" role="alert">{problem}</span>}
    </label>
  );
  const isJob = Object.values(chosen).some((text) => text.trim());
  const moment = momentOf(chosen.when);
  return (
    <details className="run-options" open={open || problems.length > 0 || Boolean(missed)} onToggle={(event) => onOpen(event.currentTarget.open)}>
      <summary>When and how</summary>
      <div className="run-options-fields">
        {field("priority", "Priority", (
          <select {...given("priority")}>{PRIORITIES.map(([value, word]) => <option key={value} value={value}>{word}</option>)}</select>
        ), problemOf("priority"))}
        {field("when", "Run", <input ref={when} {...given("when")} placeholder="now, or in 10 minutes, 18:30" autoComplete="off" maxLength={60} aria-invalid={missed ? true : undefined} />, missed || problemOf("scheduledFor"))}
        {field("retries", "Retries when it fails", <input {...given("retries")} type="number" min={0} max={100} placeholder={isJob ? "3" : "0"} />, problemOf("maxRetries"))}
      </div>
      <p className="dim">
        {isJob ? "It is queued as a job" : "It runs at once, as an execution that is not retried"}
        {isJob && moment && <> and begins <Ago at={moment.toISOString()} />, at <Instant at={moment.toISOString()} /></>}.
      </p>
    </details>
  );
}
