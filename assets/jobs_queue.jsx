// The queue: how deep a lane is, and when delayed jobs are due.
import { useState } from "react";
import "./jobs_queue.css";
import { LANES, labelsOf, spanOf } from "./jobs_queue.js";
import { useLive } from "./live.js";
import { PageLink } from "./server.jsx";

const figure = (n) => (n == null ? "–" : Number(n).toLocaleString("en"));

/** A number and its bar, which keeps its place whatever the number is. */
export function Depth({ value, share = 0 }) {
  return (
    <span className="depth">
      <span className="depth-number">{figure(value)}</span>
      <i style={{ "--share": value ? Math.max(0.01, Math.min(1, share)) : 0 }} aria-hidden="true" />
    </span>
  );
}

const listed = ({ at, until }, narrowed) => `/jobs?sort=scheduled_for&due=0&due_since=${encodeURIComponent(at)}&due_until=${encodeURIComponent(until)}${narrowed}`;

export function Delayed({ topic, narrowed = "" }) {
  const { about } = useLive(topic);
  const [asTable, setAsTable] = useState(false);
  const delayed = about.delayed;
  if (!delayed) return null;
  const bars = delayed.bars.map((bar, place, all) => ({ ...bar, until: all[place + 1]?.at ?? delayed.end }));
  if (!delayed.n && !delayed.later) return <p className="pad dim">No job waits for a set time or for its next attempt.</p>;
  return (
    <div className="delayed pad">
      {asTable ? <Table bars={bars} step={delayed.step_s} /> : <Axis delayed={delayed} bars={bars} narrowed={narrowed} />}
      <div className="delayed-foot">
        <span className="dim">{beyond(delayed)}</span>
        <button type="button" className="plain link" onClick={() => setAsTable(!asTable)}>{asTable ? "Show as bars" : "Show as a table"}</button>
      </div>
    </div>
  );
}

function beyond({ later, until, n, step_s: step }) {
  if (until) return `The next ${figure(n)} are counted, until ${spanOf(until, null, step)}; more are due later.`;
  return later ? `${figure(later)} more ${later === 1 ? "is" : "are"} due later.` : "";
}

function Axis({ delayed, bars, narrowed }) {
  const most = Math.max(1, delayed.most);
  return (
    <>
      <ol className="delayed-bars" aria-label="Delayed jobs by the time at which they are due">
        {bars.map((bar) => {
          const words = `${spanOf(bar.at, bar.until, delayed.step_s)}: ${figure(bar.n)} due`;
          const parts = LANES.filter(([lane]) => bar[lane]).map(([lane]) => <i key={lane} data-lane={lane} style={{ flexGrow: bar[lane] }} />);
          return (
            <li key={bar.at}>
              {bar.n > 0 && (
                <PageLink to={listed(bar, narrowed)} title={words} aria-label={words}>
                  <span style={{ height: `${Math.max(4, (100 * bar.n) / most)}%` }}>{parts}</span>
                </PageLink>
              )}
            </li>
          );
        })}
      </ol>
      <ol className="delayed-ticks" aria-hidden="true" style={{ "--bars": bars.length }}>
        {labelsOf(bars, delayed.step_s).map(([place, label]) => <li key={place} style={{ gridColumnStart: place + 1 }}>{label}</li>)}
      </ol>
      <ul className="delayed-legend">
        {LANES.filter(([lane]) => bars.some((bar) => bar[lane])).map(([lane, word]) => <li key={lane}><i data-lane={lane} />{word}</li>)}
      </ul>
    </>
  );
}

function Table({ bars, step }) {
  const some = bars.filter((bar) => bar.n);
  return (
    <div className="delayed-table" tabIndex={0} role="region" aria-label="Delayed jobs by time">
      <table className="numbers">
        <thead><tr><th scope="col">Due</th>{LANES.map(([lane, word]) => <th key={lane} scope="col">{word}</th>)}<th scope="col">All</th></tr></thead>
        <tbody>
          {some.map((bar) => (
            <tr key={bar.at}><th scope="row">{spanOf(bar.at, bar.until, step)}</th>{LANES.map(([lane]) => <td key={lane}>{figure(bar[lane])}</td>)}<td>{figure(bar.n)}</td></tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
