// Changing a job while it waits: priority, time, retries. Only what was changed is sent, with what it was
// changed from, so that the change of somebody else is not undone unseen.
import { Button } from "antd";
import { useEffect, useMemo, useRef, useState } from "react";
import { saved, useKeptFields } from "./kept_fields.js";
import { PRIORITIES } from "./run_options.jsx";
import { PageLink } from "./server.jsx";
import { Labelled, WhenField, readWhen } from "./when_field.jsx";
import { ownZone, written } from "./zones.js";

const WAITING = ["QUEUED", "RETRYING"];
const NAMES = { priority: "priority", scheduledFor: "when", maxRetries: "retries" };

/** What a job is before a change, as texts that the console compares. */
const baseOf = (job) => ({
  priority: job.priority ?? "",
  scheduled_for: job.scheduled_for ?? "",
  max_retries: job.max_retries == null ? "" : String(job.max_retries),
});

function fieldsOf(base, zone = ownZone()) {
  const at = base.scheduled_for ? new Date(base.scheduled_for) : null;
  return { base, priority: base.priority, when: at ? written(at, zone) : "", zone, retries: base.max_retries, begun: at ? written(at, zone) : "", begunZone: zone };
}

/** The fields with what somebody else changed meanwhile, where the one who types did not. */
function rebased(fields, latest) {
  const fresh = fieldsOf(latest);
  const { base, priority, retries, when, zone, begun, begunZone } = fields;
  const time = when.trim() === begun && zone.trim() === begunZone ? fresh : { when, zone, begun: fresh.begun, begunZone: fresh.begunZone };
  return {
    base: latest,
    priority: priority === base.priority ? fresh.priority : priority,
    retries: retries.trim() === base.max_retries ? fresh.retries : retries,
    when: time.when, zone: time.zone, begun: time.begun, begunZone: time.begunZone,
  };
}

/** What was changed: null where something makes no sense, then `problems` says what. */
function changeOf({ base, priority, when, zone, retries, begun, begunZone }) {
  const change = {};
  const problems = {};
  if (priority !== base.priority) change.priority = priority;
  if (when.trim() !== begun || (zone.trim() !== begunZone && when.trim())) {
    const { at, error, field } = readWhen(when, zone);
    if (error) problems[field] = error;
    else change.scheduled_for = at?.toISOString() ?? "";
  }
  if (retries.trim() !== base.max_retries) {
    if (/^\d{1,3}$/.test(retries.trim()) && Number(retries) <= 100) change.max_retries = retries.trim();
    else problems.retries = "Write a whole number from 0 to 100";
  }
  return { change, problems };
}

/** `job` is its row, `back` its page; `errors` are `[{field, message}]`, `told` what came in between, `latest` what it is since. */
export function JobEdit({ job, back, draftKey, savedKey = "", errors = [], told = "", latest = null, busy = false, onSave }) {
  const { fields, restored, set, reset } = useKeptFields(draftKey, fieldsOf(baseOf(job)));
  const [wrong, setWrong] = useState({});
  const waits = WAITING.includes(job.status);
  const known = useRef(savedKey);
  useEffect(() => {
    if (savedKey !== known.current) saved(draftKey);
    known.current = savedKey;
  }, [savedKey]);
  // Who was told what came in between changes it from there.
  useEffect(() => {
    if (told && latest?.priority) set(rebased(fields, latest));
  }, [told]);
  const typed = changeOf(fields);
  const nothing = !Object.keys({ ...typed.change, ...typed.problems }).length;
  const problems = useMemo(() => ({ ...Object.fromEntries(errors.map(({ field, message }) => [NAMES[field] ?? "", message])), ...wrong }), [errors, wrong]);
  const put = (changes) => {
    setWrong({});
    set(changes);
  };
  const submit = (event) => {
    event.preventDefault();
    const { change: wanted, problems: found } = changeOf(fields);
    setWrong(found);
    const first = Object.keys(found)[0];
    if (first) return event.currentTarget.elements[first].focus();
    if (Object.keys(wanted).length && waits && !busy) onSave?.(wanted, fields.base);
    return undefined;
  };
  return (
    <form className="card pad stack job-edit" aria-label="Change this job" onSubmit={submit} noValidate>
      <h2>Change this job</h2>
      {!waits && <p className="notice" data-kind="warn" role="alert">It does not wait any more: what is set here cannot be changed now.</p>}
      {told && <p className="notice" data-kind="warn" role="alert">{told}</p>}
      {restored && !told && <p className="dim hint">What you typed here before is back.</p>}
      <div className="job-fields">
        <Labelled label="Priority" problem={problems.priority}>
          {(given) => (
            <select {...given} name="priority" className="native" value={fields.priority} onChange={({ target }) => put({ priority: target.value })}>
              {PRIORITIES.map(([value, words]) => <option key={words} value={value || "NORMAL"}>{words}</option>)}
            </select>
          )}
        </Labelled>
        <WhenField value={fields} problems={problems} onChange={put} label="Due" empty={job.status === "RETRYING" ? "at once, without the rest of its wait" : "at once"} />
        <Labelled label="Retries at most" problem={problems.retries} hint={job.retry_count ? `${job.retry_count} used` : undefined}>
          {(given) => <input {...given} name="retries" type="number" min={0} max={100} className="native" value={fields.retries} onChange={({ target }) => put({ retries: target.value })} />}
        </Labelled>
      </div>
      {problems[""] && <p className="form-error" role="alert">{problems[""]}</p>}
      <div className="row">
        <Button type="primary" htmlType="submit" loading={busy} disabled={nothing || !waits}>Save</Button>
        <PageLink to={back} className="button" onClick={() => reset()}>Cancel</PageLink>
        {nothing && waits && <span className="dim hint">Nothing is changed yet.</span>}
      </div>
    </form>
  );
}
