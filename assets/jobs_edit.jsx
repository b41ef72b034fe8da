// Changing a job while it waits: priority, time, retries and their policy, destinations. Only what was changed is sent,
// with what it was changed from, so that the change of somebody else is not undone unseen.
import { Button } from "antd";
import { useEffect, useMemo, useRef, useState } from "react";
import { Destinations, destinationOf, keepable, typedDestination } from "./jobs_destinations.jsx";
import { useKeptFields } from "./kept_fields.js";
import { NO_NUMBER, Retries, isRetries, policyProblems } from "./retries.jsx";
import { policyText, typedPolicy } from "./retry_policy.js";
import { PRIORITIES } from "./run_options.jsx";
import { PageLink } from "./server.jsx";
import { Labelled, WhenField, readWhen } from "./when_field.jsx";
import { ownZone, written } from "./zones.js";

const WAITING = ["QUEUED", "RETRYING"];
const NAMES = { scheduledFor: "when" };
const parsed = (text) => (text ? JSON.parse(text) : null);

function fieldsOf(base, zone = ownZone()) {
  const at = base.scheduled_for ? new Date(base.scheduled_for) : null;
  const when = at ? written(at, zone) : "";
  return {
    base, priority: base.priority, when, zone, begun: when, begunZone: zone, retries: base.max_retries,
    ...typedPolicy(parsed(base.retry_policy)), destinations: (parsed(base.output_destinations) ?? []).map(typedDestination),
  };
}

const POLICY = ["backoff", "delay", "cap", "jitter"];
const policyIn = ({ backoff, delay, cap, jitter }) => policyText({ backoff, delay, cap, jitter });
const destinationsIn = ({ destinations }) => (destinations.length ? JSON.stringify(destinations.map(destinationOf)) : "");

/** What of the fields is not as it was when they were begun. */
function touched(fields) {
  const { base, priority, retries, when, zone, begun, begunZone } = fields;
  const begin = fieldsOf(base);
  return {
    priority: priority !== base.priority,
    scheduled_for: when.trim() !== begun || (zone.trim() !== begunZone && Boolean(when.trim())),
    max_retries: retries.trim() !== base.max_retries,
    retry_policy: policyIn(fields) !== policyIn(begin),
    output_destinations: destinationsIn(fields) !== destinationsIn(begin),
  };
}

/** The fields with what somebody else changed meanwhile, where the one who types did not. */
function rebased(fields, latest) {
  const fresh = fieldsOf(latest);
  const mine = touched(fields);
  const pick = (name, keys) => Object.fromEntries(keys.map((key) => [key, (mine[name] ? fields : fresh)[key]]));
  return {
    ...fresh, ...pick("priority", ["priority"]), ...pick("max_retries", ["retries"]), ...pick("retry_policy", POLICY),
    ...pick("output_destinations", ["destinations"]), ...pick("scheduled_for", ["when", "zone"]),
  };
}

/** What was changed; `problems` say what of it makes no sense. */
function changeOf(fields) {
  const mine = touched(fields);
  const change = {};
  const problems = mine.retry_policy ? policyProblems(fields) : {};
  if (mine.priority) change.priority = fields.priority;
  if (mine.scheduled_for) {
    const { at, error, field } = readWhen(fields.when, fields.zone);
    if (error) problems[field] = error;
    else change.scheduled_for = at?.toISOString() ?? "";
  }
  if (mine.max_retries) {
    if (isRetries(fields.retries)) change.max_retries = fields.retries.trim();
    else problems.maxRetries = NO_NUMBER;
  }
  if (mine.retry_policy) change.retry_policy = policyIn(fields);
  if (mine.output_destinations) change.output_destinations = destinationsIn(fields);
  return { change, problems };
}

/**
 * `job` is its row, `now` what can be changed of it, as texts; `back` its page. `errors` are `[{field, message}]`, `told`
 * what came in between, `latest` what it is since. `workOff` says why its policy and destinations stay, `testOff` why
 * nothing can be tested.
 */
export function JobEdit({ now, ...rest }) {
  return now?.priority ? <Form now={now} {...rest} /> : null;
}

function Form({ job, now, back, draftKey, savedKey = "", errors = [], told = "", latest = null, busy = false, workOff = "", testOff = "", onSave }) {
  const { fields, restored, set, reset } = useKeptFields(draftKey, fieldsOf(now), savedKey, keepable);
  const [wrong, setWrong] = useState({});
  const waits = WAITING.includes(job.status);
  // Who was told what came in between changes it from there.
  useEffect(() => {
    if (told && latest?.priority) set(rebased(fields, latest));
  }, [told]);
  // Whoever leaves it, or has saved, is where the form was opened from.
  useEffect(() => () => toOpener(), []);
  const typed = changeOf(fields);
  const nothing = !Object.keys({ ...typed.change, ...typed.problems }).length;
  const problems = useMemo(() => ({ ...Object.fromEntries(errors.map(({ field, message }) => [NAMES[field] ?? field, message])), ...wrong }), [errors, wrong]);
  const box = useRef(null);
  useEffect(() => {
    if (errors.length) toFirst(box.current);
  }, [errors]);
  const put = (changes) => {
    setWrong({});
    set(changes);
  };
  const submit = (event) => {
    event.preventDefault();
    const { change: wanted, problems: found } = changeOf(fields);
    setWrong(found);
    if (Object.keys(found).length) return toFirst(event.currentTarget);
    if (Object.keys(wanted).length && waits && !busy) onSave?.(wanted, fields.base);
    return undefined;
  };
  return (
    <form ref={box} className="card pad stack job-edit" aria-label="Change this job" onSubmit={submit} noValidate>
      <h2>Change this job</h2>
      {!waits && <p className="notice" data-kind="warn" role="alert">It does not wait any more: what is set here cannot be changed now.</p>}
      {told && <p className="notice" data-kind="warn" role="alert">{told}</p>}
      {restored && !told && <p className="dim hint">What you typed here before is back.</p>}
      <div className="job-fields two">
        <Labelled label="Priority" problem={problems.priority}>
          {(given) => (
            <select {...given} name="priority" className="native" value={fields.priority} onChange={({ target }) => put({ priority: target.value })}>
              {PRIORITIES.map(([value, words]) => <option key={words} value={value || "NORMAL"}>{words}</option>)}
            </select>
          )}
        </Labelled>
        <WhenField value={fields} problems={problems} onChange={put} label="Due" empty={job.status === "RETRYING" ? "at once, without the rest of its wait" : "at once"} />
      </div>
      <Retries
        fields={fields} problems={problems} off={workOff} used={job.retry_count ?? 0} begins={readWhen(fields.when, fields.zone).at}
        zone={fields.zone.trim()} onChange={put}
      />
      {!workOff && <Destinations rows={fields.destinations} errors={errors} testOff={testOff} owner={{ jobId: job.id }} onChange={(destinations) => put({ destinations })} />}
      {problems[""] && <p className="form-error" role="alert">{problems[""]}</p>}
      <div className="row">
        <Button type="primary" htmlType="submit" loading={busy} disabled={nothing || !waits}>Save</Button>
        <PageLink to={back} className="button" onClick={() => reset()}>Leave as it is</PageLink>
        {nothing && waits && <span className="dim hint">Nothing is changed yet.</span>}
      </div>
    </form>
  );
}

const toOpener = () => requestAnimationFrame(() => {
  if (document.activeElement === document.body) document.querySelector('main a[href*="edit=1"]')?.focus();
});

// After the words have been drawn.
const toFirst = (form) => requestAnimationFrame(() => form?.querySelector("[aria-invalid]")?.focus());
