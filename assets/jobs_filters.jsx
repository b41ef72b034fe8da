// What narrows the list of jobs beside status, task and the time at which they were queued.
import { Choice, Field, FilterForm, More, textIn, yesOrNo, zone } from "./list_filters.jsx";
import { readAll, readCount, readTime, writeTime } from "./list_query.js";

const NAMES = ["priority", "due", "scheduled", "due_since", "due_until", "retries_left", "min_retries", "error", "text"];
const PRIORITIES = { "": "Any", CRITICAL: "Critical", HIGH: "High", NORMAL: "Normal", LOW: "Low" };
const TIME_HINT = "2026-01-31 17:05";

export function JobFilters() {
  return <More names={NAMES}>{(given) => <Panel {...given} />}</More>;
}

function read(form) {
  const chosen = (name) => ({ value: form[name] || null });
  return readAll(
    {
      priority: chosen("priority"),
      due: chosen("due"),
      scheduled: chosen("scheduled"),
      due_since: readTime(form.due_since),
      due_until: readTime(form.due_until, true),
      retries_left: chosen("retries_left"),
      min_retries: readCount(form.min_retries),
      error: chosen("error"),
      text: textIn(form.text),
    },
    [["due_since", "due_until", "The end is before the beginning."]],
  );
}

function Panel({ params, go, close, clear }) {
  const choice = (name, label, yes, no) => (
    <Choice name={name} label={label} initial={yesOrNo(params.get(name))} choices={{ "": "Any", 1: yes, 0: no }} />
  );
  return (
    <FilterForm read={read} apply={go} close={close} clear={clear} hint={`Times are in ${zone()}.`}>
      {(errors) => (
        <>
          <div className="pair">
            <Choice name="priority" label="Priority" initial={(params.get("priority") ?? "").toUpperCase()} choices={PRIORITIES} />
            {choice("due", "Due", "Due now", "Not due now")}
          </div>
          <div className="pair">
            {choice("scheduled", "Set time", "For a set time", "For no set time")}
            {choice("error", "Error", "With an error", "Without an error")}
          </div>
          <div className="pair">
            <Field name="due_since" label="Set for, from" hint={TIME_HINT} initial={writeTime(params.get("due_since"))} errors={errors} />
            <Field name="due_until" label="Set for, to" hint={TIME_HINT} initial={writeTime(params.get("due_until"))} errors={errors} />
          </div>
          <div className="pair">
            {choice("retries_left", "Retries left", "Some", "None")}
            <Field name="min_retries" label="Retried at least" hint="a number" initial={params.get("min_retries") ?? ""} errors={errors} />
          </div>
          <Field name="text" label="Error message contains" initial={params.get("text") ?? ""} errors={errors} maxLength={200} />
        </>
      )}
    </FilterForm>
  );
}
