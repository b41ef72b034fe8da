// The form that queues a job: its input, when and how it is to run, how it is retried, where its output goes.
import { useEffect, useMemo, useRef, useState } from "react";
import { Destinations, destinationOf, withoutSecrets } from "./jobs_destinations.jsx";
import { saved, useKeptFields } from "./kept_fields.js";
import { NO_NUMBER, Retries, isRetries, policyProblems } from "./retries.jsx";
import { NO_POLICY, readPolicy } from "./retry_policy.js";
import { Recent, useAttempt } from "./run_form.jsx";
import { PRIORITIES } from "./run_options.jsx";
import { SchemaForm } from "./schema_form.jsx";
import { Labelled, WhenField, readWhen } from "./when_field.jsx";
import { ownZone } from "./zones.js";

const NONE = [];
const PLAIN = ["priority", "scheduledFor", "maxRetries"];
const isOfInput = ({ field }) => !PLAIN.includes(field) && !/^(retryPolicy|outputDestinations)(\.|$)/.test(field);
const begin = () => ({
  priority: "NORMAL", when: "", zone: ownZone(), retries: "3", ...NO_POLICY, destinations: [],
});

/** What is typed, as the console takes it; else `problems` by field. */
function readFields(fields) {
  const problems = policyProblems(fields);
  const { at, error, field } = readWhen(fields.when, fields.zone);
  if (error) problems[field] = error;
  if (!isRetries(fields.retries)) problems.maxRetries = NO_NUMBER;
  if (Object.keys(problems).length) return { problems };
  const destinations = fields.destinations.map(destinationOf);
  return {
    options: {
      priority: fields.priority,
      maxRetries: Number(fields.retries),
      ...(at && { scheduledFor: at.toISOString() }),
      ...(fields.backoff && { retryPolicy: readPolicy(fields).policy }),
      ...(destinations.length && { outputDestinations: destinations }),
    },
  };
}

/**
 * Props of `SchemaForm` and `RunForm`; `policyOff` says why the server keeps no retry policy, `testOff` why it makes no
 * test deliveries. `onSubmit(text, options, attempt)`.
 */
export function JobForm({ recent = NONE, recentState = "", recentOff = false, policyOff = "", testOff = "", onRecent, onSubmit, errors = NONE, busy, ...rest }) {
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
      <Retries fields={fields} problems={told} off={policyOff} begins={readWhen(fields.when, fields.zone).at} zone={fields.zone.trim()} onChange={put} />
      <Destinations rows={fields.destinations} errors={others} testOff={testOff} onChange={(destinations) => put({ destinations })} />
    </div>
  );
  return <SchemaForm {...rest} errors={atInput} busy={busy} onSubmit={submit} head={head} foot={foot} />;
}

// After the words have been drawn.
const toFirst = (box) => requestAnimationFrame(() => box.current?.querySelector("[aria-invalid]")?.focus());
