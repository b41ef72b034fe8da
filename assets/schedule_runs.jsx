// The next runs of a schedule by its own clock and by the viewer's.
import { Ago } from "./clock.jsx";
import { onOwnClock, ownZone } from "./schedule_clock.js";
import "./schedule_runs.css";

/** `runs`: `[{at, local, offset, note, beside}]`; `load` says what `beside` was looked for in. */
export function ScheduleRuns({ runs = [], zone = "", load = "", empty = "" }) {
  const own = ownZone();
  const two = zone !== own;
  if (!runs.length) return <p className="pad dim">{empty}</p>;
  return (
    <div className="schedule-runs">
      <ol aria-label="Next runs">
        {runs.map((run) => (
          <li key={run.at}>
            <span className="run-when"><time dateTime={run.at}>{run.local}</time> <span className="dim">{run.offset}</span></span>
            <span className="run-in dim"><Ago at={run.at} /></span>
            {two && <span className="run-own dim">{onOwnClock(run.at)} for you</span>}
            {run.note && <span className="run-note">{run.note}</span>}
            {run.beside && <span className="run-beside dim">{run.beside}</span>}
          </li>
        ))}
      </ol>
      <p className="run-foot dim">{two ? `By the clock of ${zone}; “for you” is ${own}.` : `By the clock of ${zone}, which is yours.`} {load}</p>
    </div>
  );
}
