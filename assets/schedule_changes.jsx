// What a schedule was: who changed what of it and when, old and new.
import { useState } from "react";
import { Ago } from "./clock.jsx";
import { DiffView } from "./diff.jsx";
import "./schedule_activity.css";

const NAMES = {
  name: "Name", description: "Description", taskId: "Task", cronExpression: "Cron", timeZone: "Time zone", enabled: "State",
  priority: "Priority", maxRetries: "Retries", retryPolicy: "Retry policy", misfirePolicy: "After downtime", allowOverlap: "While an earlier run is open",
  input: "Input", outputDestinations: "Output destinations",
};
// What stands for a value, where that is not its text.
const WORDS = {
  enabled: { true: "Enabled", false: "Disabled" },
  misfirePolicy: { SKIP: "Skip", RUN_ONCE: "Run once" },
  allowOverlap: { true: "Run beside it", false: "Leave it out" },
  priority: { LOW: "Low", NORMAL: "Normal", HIGH: "High", CRITICAL: "Critical" },
};
const AS_TEXT = new Set(["input", "retryPolicy", "description"]);

/** `rows`: `[{id, changed_at, changed_by, created, fields: [{field, before, after, sizes, hidden}]}]`. */
export function ScheduleChanges({ rows = [] }) {
  return (
    <ol className="schedule-changes" aria-label="Changes, the newest first">
      {rows.map(({ id, changed_at: at, changed_by: by, created, fields }) => (
        <li key={id}>
          <b>{created ? "Created" : "Changed"}</b>{by ? ` by ${by}` : ""} <span className="dim"><Ago at={at} /></span>
          {fields.length > 0 && <dl className="change-fields">{fields.map((each) => <Field key={each.field} {...each} />)}</dl>}
        </li>
      ))}
    </ol>
  );
}

function Field({ field, hidden, before, after, sizes }) {
  const name = NAMES[field] ?? field;
  return (
    <>
      <dt>{name}</dt>
      <dd>{hidden ? "changed; what it was is not kept, because it may hold secrets" : AS_TEXT.has(field) ? <Texts {...{ name, before, after, sizes }} /> : <Values {...{ field, before, after }} />}</dd>
    </>
  );
}

function Values({ field, before, after }) {
  const said = (value) => WORDS[field]?.[value] ?? (value === "" ? "none" : value);
  const Text = field === "cronExpression" ? "code" : "span";
  return <><del><Text>{said(before)}</Text></del> → <ins><Text>{said(after)}</Text></ins></>;
}

/** The difference of two texts, compared when somebody looks. */
function Texts({ name, before, after, sizes: [was, is] }) {
  const [open, setOpen] = useState(false);
  if (before == null || after == null) return `changed; too long to show here (${was.toLocaleString("en")} → ${is.toLocaleString("en")} characters)`;
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Show what changed</summary>
      {open && <DiffView before={before} after={after} beforeLabel="Before" afterLabel="After" label={`${name}: before and after`} />}
    </details>
  );
}
