// What stands around the timeline: what its signs mean, what is due in one bucket, and all of it as a table.
import { inWords } from "./durations.js";
import { PageLink } from "./server.jsx";
import { inBucket, statusOf, within } from "./timeline_cells.js";
import { said } from "./timeline_time.js";
import "./plot.css";

const MOST_ROWS = 300;
const SIGNS = [["completed", "Completed"], ["failed", "Failed"], ["open", "Open"], ["due", "To come"], ["busy", "Many at once"]];

export function Legend() {
  return (
    <ul className="legend" aria-label="What the signs mean">
      {SIGNS.map(([kind, words]) => <li key={kind}><i data-kind={kind} aria-hidden="true" />{words}</li>)}
    </ul>
  );
}

const number = (n) => n.toLocaleString("en");

/** What ran and is due in the bucket that begins at `at`. */
export function InBucket({ shown, at, close }) {
  const place = Math.round((at - shown.start) / shown.bucket);
  const same = Math.abs(shown.start + place * shown.bucket - at) < 1;
  const found = same ? inBucket(shown.lanes, place) : [];
  const title = `${said(at)} – ${said(at + shown.bucket)}`;
  return (
    <section className="card spaced in-bucket" aria-label={`Runs of ${title}`}>
      <div className="card-head">
        <h2>{title}</h2>
        <span className="dim">{found.length ? `${number(found.length)} ${found.length === 1 ? "schedule" : "schedules"}` : "nothing"}</span>
        <span className="grow" />
        <button type="button" className="plain icon-button" aria-label="Close" onClick={close}>✕</button>
      </div>
      {found.length > 0 && (
        <ul>
          {found.map(({ lane, ran, failed, due, first }) => (
            <li key={lane.id}>
              <PageLink to={`/schedules/${lane.id}`}>{lane.name}</PageLink>
              <span className="dim">
                {due > 0 && `${number(due)} due${due === 1 && first.coming ? ` at ${said(first.from)}` : ""}`}
                {due > 0 && ran > 0 && ", "}
                {ran > 0 && `${number(ran)} ran`}
                {failed > 0 && `, ${number(failed)} failed`}
              </span>
              {first.job && <PageLink to={`/jobs/${first.job}`}>job {first.job}</PageLink>}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** What is in view, as rows. */
export function RunsTable({ shown, view: { from, span } }) {
  const found = within(shown.lanes, from, from + span);
  const rows = found.slice(0, MOST_ROWS);
  return (
    <section className="card spaced" aria-label="Runs in view">
      <div className="card-head">
        <h2>Runs in view</h2>
        {found.length > rows.length && <span className="dim">the first {MOST_ROWS} of {number(found.length)} rows: zoom in for the others</span>}
      </div>
      {rows.length ? (
        <div className="plot-table runs-table" tabIndex={0} role="region" aria-label="Runs in view as a table">
          <table className="numbers">
            <thead><tr><th scope="col">When</th><th scope="col">Schedule</th><th scope="col">Status</th><th scope="col">Runs</th><th scope="col">Failed</th><th scope="col">Took</th></tr></thead>
            <tbody>{rows.map((each) => <RunRow key={`${each.lane.id} ${each.cell.from} ${each.cell.coming}`} {...each} />)}</tbody>
          </table>
        </div>
      ) : (
        <p className="pad dim">Nothing ran and nothing is due in this time.</p>
      )}
    </section>
  );
}

function RunRow({ lane, cell }) {
  const single = cell.n === 1;
  const status = statusOf(cell);
  return (
    <tr>
      <th scope="row"><time dateTime={new Date(cell.from * 1000).toISOString()}>{said(cell.from)}</time>{!single && ` – ${said(cell.to)}`}</th>
      <td><PageLink to={`/schedules/${lane.id}`}>{lane.name}</PageLink></td>
      <td>{cell.job ? <PageLink to={`/jobs/${cell.job}`}>{status}</PageLink> : status}</td>
      <td>{number(cell.n)}</td>
      <td>{cell.coming ? "–" : number(cell.failed)}</td>
      <td>{cell.job && !cell.open ? inWords((cell.to - cell.from) * 1000) : "–"}</td>
    </tr>
  );
}
