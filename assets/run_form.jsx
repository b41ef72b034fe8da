// The form that runs a task: its input, recent inputs to begin with, and when and how it is to run.
import { useEffect, useMemo, useRef, useState } from "react";
import { Button } from "antd";
import { Ago } from "./clock.jsx";
import { RunOptions, isOfOption, useRunOptions } from "./run_options.jsx";
import { SchemaForm } from "./schema_form.jsx";
import "./run_form.css";

const NONE = [];
const WORDS = { COMPLETED: "Completed", FAILED: "Failed", CANCELLED: "Cancelled", RUNNING: "Running", PENDING: "Pending" };

/** `onSubmit(text, options)`: the input as JSON; `priority`, `scheduled_for`, `max_retries` where they are chosen. */
export function RunForm({ recent = NONE, recentState = "", recentOff = false, onRecent, onSubmit, errors = NONE, busy, ...rest }) {
  // Kept here: the fields below are made anew when the input is replaced.
  const options = useRunOptions();
  const attempt = useAttempt(busy, errors);
  const [atOptions, atInput] = useMemo(() => [errors.filter(isOfOption), errors.filter((error) => !isOfOption(error))], [errors]);
  const submit = (text) => {
    const chosen = options.read();
    if (chosen) onSubmit?.(text, { attempt: attempt.current, ...chosen });
  };
  const head = (form) => !recentOff && <Recent rows={recent} state={recentState} form={form} onOpen={onRecent} />;
  const foot = <RunOptions {...options.props} problems={atOptions} />;
  return <SchemaForm {...rest} errors={atInput} busy={busy} onSubmit={submit} head={head} foot={foot} />;
}

/** One press has one name, until it is answered: a second press before that is the same one, and is not done twice. */
export function useAttempt(busy, errors) {
  const attempt = useRef("");
  useEffect(() => {
    if (!busy) attempt.current = Math.random().toString(36).slice(2);
  }, [busy, errors]);
  return attempt;
}

/** What newest runs had as input, to begin with. */
export function Recent({ rows, state, form, onOpen }) {
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
