// How the jobs of a schedule are retried and where their output goes, as fields of the schedule's form.
import { useRef, useState } from "react";
import { useDocument, useFormText } from "./draft.js";
import { Destinations, destinationOf, typedDestination, withoutSecrets } from "./jobs_destinations.jsx";
import { Retries, policyProblems } from "./retries.jsx";
import { policyText, typedPolicy } from "./retry_policy.js";

const NONE = [];
const parsed = (text) => {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
};
// What was said of fields is not said any more once somebody mends them.
function useUnmended(errors) {
  const [mended, setMended] = useState(null);
  return [mended === errors ? NONE : errors, () => setMended(errors)];
}

const places = (errors) => Object.fromEntries(errors.map(({ field, message }) => [field, message]));

/**
 * The fields `max_retries` and `retry_policy`, which begin as `retries` and `policy`; `errors` by the API's names, `error`
 * of the number. `runs` are when the schedule fires next, by the clock of `zone`; `off` says why there is no policy.
 */
export function ScheduleRetries({ retries = "", policy = "", error = "", errors = NONE, off = "", runs = NONE, zone, docKey, draftKey, savedKey }) {
  const kept = (name, value) => ({ value, docKey, draftKey: draftKey && `${draftKey}.${name}`, savedKey });
  const number = useDocument(kept("max_retries", retries));
  const text = useDocument(kept("retry_policy", plain(policy)));
  return <RetryFields key={`${number.id} ${text.id}`} {...{ number, text, error, errors, off, zone }} next={runs?.[0]?.at} />;
}

// As the fields would write it: what nobody touched is not taken for a change.
const plain = (policy) => (parsed(policy) ? policyText(typedPolicy(parsed(policy))) : "");

function RetryFields({ number, text, error, errors, off, next, zone }) {
  const [fields, setFields] = useState({ retries: number.text, ...typedPolicy(parsed(text.text)) });
  const [open, mend] = useUnmended(errors);
  const box = useRef(null);
  useFormText(box, "max_retries", number);
  useFormText(box, "retry_policy", text);
  const change = (changes) => {
    const all = { ...fields, ...changes };
    setFields(all);
    mend();
    number.changed(all.retries);
    text.changed(policyText(all));
  };
  const told = { ...places(open), ...(error && { maxRetries: error }) };
  // In our words, where they say the same.
  const ours = policyProblems(fields);
  const problems = Object.fromEntries(Object.entries(told).map(([field, words]) => [field, ours[field] ?? words]));
  return (
    <>
      <textarea ref={box} hidden readOnly aria-label="Retries as they are sent" />
      <Retries fields={fields} problems={problems} off={off} begins={next ? new Date(next) : undefined} zone={zone || "UTC"} onChange={change} />
    </>
  );
}

/** The field `output_destinations`; `owner` is the id of the schedule, empty for a new one. */
export function ScheduleDestinations({ initial = "", errors = NONE, owner = "", testOff = "", docKey, draftKey, savedKey }) {
  const doc = useDocument({
    value: destinationsText(typed(initial)), docKey, draftKey: draftKey && `${draftKey}.output_destinations`, savedKey,
    fit: (text) => destinationsText(withoutSecrets(typed(text))),
  });
  return <DestinationFields key={doc.id} {...{ doc, errors, owner, testOff }} />;
}

// What lies in the tab may have been written by anybody.
const isObject = (value) => value !== null && typeof value === "object";
const typed = (text) => [parsed(text)].flat().filter(isObject).map(typedDestination);
const destinationsText = (rows) => (rows.length ? JSON.stringify(rows.map(destinationOf)) : "");

function DestinationFields({ doc, errors, owner, testOff }) {
  const [rows, setRows] = useState(() => typed(doc.text));
  const [open, mend] = useUnmended(errors);
  const box = useRef(null);
  useFormText(box, "output_destinations", doc);
  const change = (next) => {
    setRows(next);
    mend();
    doc.changed(destinationsText(next));
  };
  return (
    <>
      <textarea ref={box} hidden readOnly aria-label="Destinations as they are sent" />
      <Destinations rows={rows} errors={open} testOff={testOff} owner={owner ? { scheduleId: owner } : undefined} onChange={change} />
    </>
  );
}
