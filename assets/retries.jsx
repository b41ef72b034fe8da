// How often and how soon a job that fails is tried again, and when that would be.
import { Ago } from "./clock.jsx";
import { inWords } from "./durations.js";
import { coming, readPolicy } from "./retry_policy.js";
import { Labelled } from "./when_field.jsx";
import { inZone } from "./zones.js";
import "./jobs.css";

const NUMBER = /^\d{1,3}$/;
export const NO_NUMBER = "Write a whole number from 0 to 100";

/** Whether this is a number of retries. */
export const isRetries = (text) => NUMBER.test(text.trim()) && Number(text) <= 100;

/** What is wrong with a policy as it is typed, by the API's names of its fields. */
export function policyProblems(fields) {
  const problems = fields.backoff ? (readPolicy(fields).problems ?? {}) : {};
  return Object.fromEntries(Object.entries(problems).map(([name, words]) => [`retryPolicy.${name}`, words]));
}

/**
 * `fields`: `{retries, backoff, delay, cap, jitter}`. `problems` are by the API's names; `off` says why there is no
 * policy. `begins` is when the attempt before the first retry begins, null for now, undefined where that is not known
 * yet; `used` retries are over.
 */
export function Retries({ fields, problems, off, begins, zone, used = 0, onChange }) {
  const field = (name, key, label) => (
    <Labelled label={label} problem={problems[`retryPolicy.${key}`]}>
      {(given) => <input {...given} className="native" value={fields[name]} maxLength={20} autoComplete="off" onChange={({ target }) => onChange({ [name]: target.value })} />}
    </Labelled>
  );
  return (
    <fieldset className="job-part">
      <legend>Retries</legend>
      <div className="retry-fields">
        <Labelled label="Retries at most" problem={problems.maxRetries} hint={used ? `${used} used` : undefined}>
          {(given) => <input {...given} name="retries" className="native" type="number" min={0} max={100} value={fields.retries} onChange={({ target }) => onChange({ retries: target.value })} />}
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
      {off ? <p className="dim hint" role="note">{off}</p> : <Preview {...{ fields, begins, zone, used }} />}
    </fieldset>
  );
}

const length = (s) => inWords(Math.round(s * 1000));
const span = (one, other, words) => (words(one) === words(other) ? words(one) : `${words(one)} to ${words(other)}`);

function Preview({ fields, begins, zone, used }) {
  const most = NUMBER.test(fields.retries.trim()) ? Number(fields.retries) : 0;
  if (most <= used) return <p className="dim hint">{used ? "It is not retried again." : "It is not retried."}</p>;
  if (!fields.backoff) return <p className="dim hint">The server waits by its own policy, which it does not tell.</p>;
  const { policy, problems } = readPolicy(fields);
  if (problems || begins === undefined) return <p className="dim hint">The instants show once all of it is understood.</p>;
  const rows = coming(policy, most, begins && begins > new Date() ? begins : new Date(), used);
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
      {most - used > rows.length && <p className="dim hint">And {most - used - rows.length} more.</p>}
    </div>
  );
}
