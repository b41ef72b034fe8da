// How the runs of a schedule went: how many failed, how long after their time they began, and the last of them.
import { RunStrip } from "./activity.jsx";
import { inWords } from "./durations.js";
import { figure } from "./figures.js";
import { barsOf, lagOf } from "./schedule_lag.js";
import "./schedule_activity.css";

const WIDTH = 12;
const HEIGHT = 36;

/** `row`: `{runs, outcomes, lag}`; what is not known of it is a dash. */
export function ScheduleStatistics({ row, error = "" }) {
  const { runs, outcomes, lag } = row ?? {};
  if (!lag) return error ? <p className="pad dim">Not known: {error}.</p> : <p className="pad" aria-busy="true"><span className="skeleton" /></p>;
  return (
    <div className="pad stack schedule-statistics">
      <RunStrip runs={runs} of="jobs" />
      <dl className="facts">
        <OnTime {...lag} />
        <Fact name="Queued after its time" value={times(lag.queued_ms)} note={sample(lag)} />
        <Fact name="Begun after its time" value={times(lag.begun_ms)} note={sample(lag)} />
        {outcomes.map((each) => <Rate key={each.days} {...each} />)}
      </dl>
      <LagBars runs={runs} />
    </div>
  );
}

function Fact({ name, value, note }) {
  return <div><dt>{name}</dt><dd>{value ?? "–"} <span className="dim note-under">{note}</span></dd></div>;
}

const number = (n) => Number(n).toLocaleString("en");
// A length of time stays on one line.
const span = (ms) => inWords(ms).replace(" 00 s", "").replaceAll(" ", "\u00a0");
const times = ({ p50, p95 }) => (p50 == null ? null : `p50\u00a0${span(p50)} · p95\u00a0${span(p95)}`);
const ofLast = (n) => (n === 1 ? "the last run that was due" : `the last ${number(n)} runs that were due`);
const runsWord = (n) => `${number(n)} ${n === 1 ? "run" : "runs"}`;
const sample = ({ runs }) => (runs == null ? "takes too long to count" : runs ? ofLast(runs) : "no run was due in 30 days");

function OnTime({ on_time: good, judged, on_time_ms: within }) {
  const note = judged == null ? "takes too long to count" : judged ? `${number(good)} of ${runsWord(judged)} began within ${span(within)}` : "no run was due in 30 days";
  return <Fact name="On time" value={judged ? figure((100 * good) / judged, "percent") : null} note={note} />;
}

function Rate({ days, runs, completed, failed, failure_rate: rate }) {
  const ended = (completed ?? 0) + (failed ?? 0);
  const note = runs == null ? "takes too long to count" : ended ? `${number(failed)} of ${runsWord(ended)} failed` : "none has ended";
  const value = rate == null ? null : <span className={failed ? "bad-figure" : undefined}>{figure(rate, "percent")}</span>;
  return <Fact name={`Failure rate, ${days} days`} value={value} note={note} />;
}

/** How long after their time the last runs began, on a scale that shows small and large ones. */
function LagBars({ runs }) {
  const bars = barsOf(runs);
  if (!bars.length) return null;
  const label = `How long after its time each of the last ${bars.length} due runs began: ${bars.map(({ words }) => words).join(", ")}`;
  return (
    <figure className="lag">
      <svg role="img" aria-label={label} width={bars.length * WIDTH} height={HEIGHT} viewBox={`0 0 ${bars.length * WIDTH} ${HEIGHT}`}>
        {bars.map(({ id, share, late, words }, i) => {
          const high = Math.max(2, share * HEIGHT);
          return <rect key={id} className={late ? "late" : undefined} x={i * WIDTH} y={HEIGHT - high} width={WIDTH - 3} height={high}><title>{words}</title></rect>;
        })}
      </svg>
      <figcaption className="dim">Begun after its time, {ofLast(bars.length)}: at most {span(Math.max(...runs.map((run) => lagOf(run) ?? 0)))}</figcaption>
    </figure>
  );
}
