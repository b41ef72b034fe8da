// The form that queues a job: its input, when and how it is to run, how it is retried, where its output goes.
import { useEffect, useMemo, useRef, useState } from "react";
import { Ago } from "./clock.jsx";
import { Destinations, destinationOf, withoutSecrets } from "./jobs_destinations.jsx";
import { saved, useKeptFields } from "./kept_fields.js";
import { inWords } from "./durations.js";
import { coming, readPolicy } from "./retry_policy.js";
import { Recent, useAttempt } from "./run_form.jsx";
import { PRIORITIES } from "./run_options.jsx";
import { SchemaForm } from "./schema_form.jsx";
import { Labelled, WhenField, readWhen } from "./when_field.jsx";
import { inZone, ownZone } from "./zones.js";

const NONE = [];
const PLAIN = ["priority", "scheduledFor", "maxRetries"];
const isOfInput = ({ field }) => !PLAIN.includes(field) && !/^(retryPolicy|outputDestinations)(\.|$)/.test(field);
const begin = () => ({
  priority: "NORMAL", when: "", zone: ownZone(), retries: "3", backoff: "", delay: "2 s", cap: "5 m", jitter: "20 %", destinations: [],
});

/** What is typed, as the console takes it; else `problems` by field. */
function readFields(fields) {
  const problems = {};
  const { at, error, field } = readWhen(fields.when, fields.zone);
  if (error) problems[field] = error;
  const retries = fields.retries.trim();
  if (!/^\d{1,3}$/.test(retries) || Number(retries) > 100) problems.maxRetries = "Write a whole number from 0 to 100";
  const read = fields.backoff ? readPolicy(fields) : {};
  for (const [name, words] of Object.entries(read.problems ?? {})) problems[`retryPolicy.${name}`] = words;
  if (Object.keys(problems).length) return { problems };
  const destinations = fields.destinations.map(destinationOf);
  return {
    options: {
      priority: fields.priority,
      maxRetries: Number(retries),
      ...(at && { scheduledFor: at.toISOString() }),
      ...(read.policy && { retryPolicy: read.policy }),
      ...(destinations.length && { outputDestinations: destinations }),
    },
  };
}

/** Props of `SchemaForm` and `RunForm`; `policyOff` says why the server keeps no retry policy. `onSubmit(text, options, attempt)`. */
export function JobForm({ recent = NONE, recentState = "", recentOff = false, policyOff = "", onRecent, onSubmit, errors = NONE, busy, ...rest }) {
  const keptAs = `${rest.draftKey}.options`;
  const { fields, set, restored } = useKeptFields(keptAs, begin(), (typed) => ({ ...typed, destinations: withoutSecrets(typed.destinations) }));
  const [wrong, setWrong] = useState({});
  const box = useRef(null);
  const attempt = useAttempt(busy, errors);
  const known = useRef(rest.savedKey);
  useEffect(() => {
    if (rest.savedKey && rest.savedKey !== known.current) saved(keptAs);
    known.current = rest.savedKey;
  }, [rest.savedKey]);
  const [atInput, others] = useMemo(() => [errors.filter(isOfInput), errors.filter((error) => !isOfInput(error))], [errors]);
  useEffect(() => {
    if (others.length) toFirst(box);
  }, [others]);
  const submit = (text) => {
    const { options, problems } = readFields(fields);
    setWrong(problems ?? {});
    if (problems) toFirst(box);
    else onSubmit?.(text, options, attempt.current);
  };
  const put = (changes) => {
    setWrong({});
    set(changes);
  };
  const told = { ...Object.fromEntries(others.map(({ field, message }) => [field === "scheduledFor" ? "when" : field, message])), ...wrong };
  const head = (form) => !recentOff && <Recent rows={recent} state={recentState} form={form} onOpen={onRecent} />;
  const foot = (
    <div className="stack job-new" ref={box}>
      {restored && <p className="dim hint">What you chose here before is back.</p>}
      <fieldset className="job-part">
        <legend>When</legend>
        <div className="job-fields two">
          <Labelled label="Priority" problem={told.priority}>
            {(given) => (
              <select {...given} className="native" value={fields.priority} onChange={({ target }) => put({ priority: target.value })}>
                {PRIORITIES.map(([value, words]) => <option key={words} value={value || "NORMAL"}>{words}</option>)}
              </select>
            )}
          </Labelled>
          <WhenField value={fields} problems={told} onChange={put} />
        </div>
      </fieldset>
      <Retries fields={fields} problems={told} off={policyOff} onChange={put} />
      <Destinations rows={fields.destinations} errors={others} onChange={(destinations) => put({ destinations })} />
    </div>
  );
  return <SchemaForm {...rest} errors={atInput} busy={busy} onSubmit={submit} head={head} foot={foot} />;
}

// After the words have been drawn.
const toFirst = (box) => requestAnimationFrame(() => box.current?.querySelector("[aria-invalid]")?.focus());

function Retries({ fields, problems, off, onChange }) {
  const field = (name, key, label) => (
    <Labelled label={label} problem={problems[`retryPolicy.${key}`]}>
      {(given) => <input {...given} className="native" value={fields[name]} maxLength={20} autoComplete="off" onChange={({ target }) => onChange({ [name]: target.value })} />}
    </Labelled>
  );
  return (
    <fieldset className="job-part">
      <legend>Retries</legend>
      <div className="retry-fields">
        <Labelled label="Retries at most" problem={problems.maxRetries}>
          {(given) => <input {...given} className="native" type="number" min={0} max={100} value={fields.retries} onChange={({ target }) => onChange({ retries: target.value })} />}
        </Labelled>
        {!off && (
          <Labelled label="Wait between them" problem={problems.retryPolicy}>
            {(given) => (
              <select {...given} className="native" value={fields.backoff} onChange={({ target }) => onChange({ backoff: target.value })}>
                <option value="">As the server has it</option>
                <option value="FIXED">Always as long</option>
                <option value="EXPONENTIAL">Twice as long each time</option>
              </select>
            )}
          </Labelled>
        )}
        {!off && fields.backoff && (
          <>
            {field("delay", "delaySeconds", "First wait")}
            {field("cap", "maxDelaySeconds", "Longest wait")}
            {field("jitter", "jitter", "Jitter")}
          </>
        )}
      </div>
      {off ? <p className="dim hint" role="note">{off}</p> : <Preview fields={fields} />}
    </fieldset>
  );
}

const length = (s) => inWords(Math.round(s * 1000));

function Preview({ fields }) {
  const most = /^\d{1,3}$/.test(fields.retries.trim()) ? Number(fields.retries) : 0;
  if (!most) return <p className="dim hint">It is not retried.</p>;
  if (!fields.backoff) return <p className="dim hint">The server waits by its own policy, which it does not tell.</p>;
  const { policy, problems } = readPolicy(fields);
  const { at, error } = readWhen(fields.when, fields.zone);
  if (problems || error) return <p className="dim hint">The instants show once all of it is understood.</p>;
  const rows = coming(policy, most, at && at > new Date() ? at : new Date());
  const zone = fields.zone.trim();
  const span = (one, other, words) => (words(one) === words(other) ? words(one) : `${words(one)} to ${words(other)}`);
  const clock = (date) => inZone(date, zone).replace(/^.*, (?=\d\d:)/, "") + (date.getUTCSeconds() ? "" : ":00");
  return (
    <div className="retry-preview">
      <p className="dim hint">If each attempt fails as soon as it begins, in {zone}:</p>
      <ol aria-label="Retries to come">
        {rows.map(({ number, least, most: longest, earliest, latest }) => (
          <li key={number}>
            Retry {number}: after {span(least, longest, length)}, <span className="dim">{span(earliest, latest, clock)} (<Ago at={latest.toISOString()} /> at the latest)</span>
          </li>
        ))}
      </ol>
      {most > rows.length && <p className="dim hint">And {most - rows.length} more.</p>}
    </div>
  );
}
