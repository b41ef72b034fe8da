// When and how a task is to run: priority, time, retries. Whoever shows them keeps what is chosen.
import { useId, useRef, useState } from "react";
import { Ago, Instant } from "./clock.jsx";
import { momentOf } from "./moments.js";
import "./run_form.css";

const NAMES = { priority: "priority", scheduledFor: "when", maxRetries: "retries" };
export const PRIORITIES = [["", "Normal"], ["CRITICAL", "Critical"], ["HIGH", "High"], ["LOW", "Low"]];
const ADVICE = "Write a delay, such as in 10 minutes, or a time, such as 18:30 or 2026-12-24 18:00";

/** Whether an error of the server is about an option, and not about the input. */
export const isOfOption = ({ field }) => field in NAMES;

/** `{props, read}`: for the component, and what was chosen as the console takes it, null where it makes no sense. */
export function useRunOptions() {
  const [chosen, setChosen] = useState({ priority: "", when: "", retries: "" });
  const [open, setOpen] = useState(false);
  const [missed, setMissed] = useState(false);
  const field = useRef(null);
  const choose = (name, value) => {
    setMissed(false);
    setChosen((before) => ({ ...before, [name]: value }));
  };
  const read = () => {
    const moment = momentOf(chosen.when);
    if (moment !== undefined) return { priority: chosen.priority, scheduled_for: moment?.toISOString() ?? "", max_retries: chosen.retries.trim() };
    setMissed(true);
    setOpen(true);
    requestAnimationFrame(() => field.current?.focus());
    return null;
  };
  return { props: { chosen, open, missed, field, onChoose: choose, onOpen: setOpen }, read };
}

/** `direct`: without any of these a run begins at once, as an execution; else it is a job in any case. */
export function RunOptions({ chosen, open, missed, field, problems, direct = true, onChoose, onOpen }) {
  const id = useId();
  const given = (name) => ({
    id: `${id}${name}`, "aria-describedby": `${id}${name}-problem`, name: `run.${name}`, className: "native",
    value: chosen[name], onChange: ({ target }) => onChoose(name, target.value),
  });
  const problemOf = (name) => problems.find((problem) => problem.field === name)?.message;
  const labelled = (name, label, input, problem) => (
    <div className="field">
      <label className="label" htmlFor={`${id}${name}`}>{label}</label>
      {input}
      <span id={`${id}${name}-problem`} className="error" role="alert">{problem}</span>
    </div>
  );
  const isJob = !direct || Object.values(chosen).some((text) => text.trim());
  const moment = momentOf(chosen.when);
  const words = direct ? (isJob ? "It is queued as a job" : "It runs at once, as an execution that is not retried") : "Each row is queued as a job";
  return (
    <details className="run-options" open={open || problems.length > 0} onToggle={(event) => onOpen(event.currentTarget.open)}>
      <summary>When and how</summary>
      <div className="run-options-fields">
        {labelled("priority", "Priority", (
          <select {...given("priority")}>{PRIORITIES.map(([value, word]) => <option key={value} value={value}>{word}</option>)}</select>
        ), problemOf("priority"))}
        {labelled("when", "Run", (
          <input ref={field} {...given("when")} placeholder="now, or in 10 minutes, 18:30" autoComplete="off" maxLength={60} aria-invalid={missed ? true : undefined} />
        ), missed ? ADVICE : problemOf("scheduledFor"))}
        {labelled("retries", "Retries when it fails", <input {...given("retries")} type="number" min={0} max={100} placeholder={isJob ? "3" : "0"} />, problemOf("maxRetries"))}
      </div>
      <p className="dim">
        {words}{isJob && moment && <> and begins <Ago at={moment.toISOString()} />, at <Instant at={moment.toISOString()} /></>}.
      </p>
    </details>
  );
}
