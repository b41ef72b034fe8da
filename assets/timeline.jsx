// Past and coming runs of all schedules: on one axis of time, or by the month. The address says what is in view.
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useLocation } from "react-router";
import { useHydrated } from "./address.jsx";
import { zone } from "./list_filters.jsx";
import { PageLink } from "./server.jsx";
import { InBucket, Legend, RunsTable } from "./timeline_beside.jsx";
import { shownOf } from "./timeline_cells.js";
import { useTimeline } from "./timeline_data.js";
import { Lanes } from "./timeline_lanes.jsx";
import { Month } from "./timeline_month.jsx";
import { SPANS, beginOf, covers, panned, readView, wantedFor, writeView, zoomed } from "./timeline_time.js";
import "./timeline.css";

const PATH = "/schedules/timeline";
const WORDS = { "1h": "1 h", "6h": "6 h", "1d": "1 d", "7d": "7 d", "30d": "30 d" };
const present = () => Date.now() / 1000;

/** What is in view, and how to change it: by a link, or by hand, which the address follows. */
function useView() {
  const { key, search } = useLocation();
  const [view, setView] = useState(() => readView(search));
  // What was changed by hand stands in the window's address, which the router does not know.
  useEffect(() => setView(readView(window.location.search)), [key]);
  const move = useCallback((next) => {
    // The router writes a new entry before its page is drawn: that one is not for what was moved on the last.
    if ((window.history.state?.key ?? "default") !== key) return;
    setView(next);
    const { pathname, search: now, hash } = window.location;
    window.history.replaceState(window.history.state, "", pathname + writeView(now, next) + hash);
  }, [key]);
  const href = (changes) => PATH + writeView(typeof window === "undefined" ? search : window.location.search, { ...view, ...changes });
  return { view, move, href };
}

export function Timeline() {
  return useHydrated() ? <Shown /> : <Skeleton />;
}

function Shown() {
  const { view, move, href } = useView();
  return view.view === "month" ? <Month view={view} href={href} bar={bar({ view, href })} /> : <Axis {...{ view, move, href }} />;
}

/** The choice of the view, and what stands beside it. */
const bar = ({ view, href }) => (children) => (
  <div className="filters timeline-bar">
    <nav className="segments" aria-label="View">
      <Choice on={view.view === "timeline"} to={href({ view: "timeline" })}>Timeline</Choice>
      <Choice on={view.view === "month"} to={href({ view: "month" })}>Month</Choice>
    </nav>
    {children}
    <span className="grow dim zone">Times in {zone()}</span>
  </div>
);

function Choice({ on, to, children }) {
  return <PageLink to={to} aria-current={on ? "page" : undefined}>{children}</PageLink>;
}

function Axis({ view, move, href }) {
  const [now, setNow] = useState(present);
  const follows = view.from == null;
  useEffect(() => {
    const timer = setInterval(() => setNow(present()), 1000);
    return () => clearInterval(timer);
  }, []);
  const exact = { from: beginOf(view, now), span: view.span };
  const wanted = useRef(null);
  if (!covers(wanted.current, exact)) wanted.current = wantedFor(exact);
  const { answers, error, busy, retry } = useTimeline(useMemo(() => [wanted.current], [wanted.current]));
  const answer = answers?.[0];
  const shown = useMemo(() => answer && shownOf(answer), [answer]);
  const [picked, setPicked] = useState(null); // the instant at which the bucket begins that is looked into
  const [asTable, setAsTable] = useState(false);

  const range = (span) => ({ span, from: follows ? null : Math.max(0, exact.from + (exact.span - span) / 2) });
  const by = (change) => move({ ...view, ...change });
  const middle = exact.from + exact.span / 2;
  const controls = (
    <>
      <nav className="segments" aria-label="Range">
        {Object.entries(SPANS).map(([name, span]) => <Choice key={name} on={view.span === span} to={href(range(span))}>{WORDS[name]}</Choice>)}
      </nav>
      <span className="steps">
        <Step label="Earlier" onClick={() => by(panned(exact, -exact.span / 2))}>‹</Step>
        <PageLink className="button" to={href({ from: null })} aria-current={follows ? "true" : undefined}>Now</PageLink>
        <Step label="Later" onClick={() => by(panned(exact, exact.span / 2))}>›</Step>
        <Step label="Zoom out" onClick={() => by(around(exact, 2, middle, follows))}>−</Step>
        <Step label="Zoom in" onClick={() => by(around(exact, 0.5, middle, follows))}>+</Step>
      </span>
    </>
  );
  return (
    <>
      {bar({ view, href })(controls)}
      {error && <Trouble error={error} known={Boolean(shown)} retry={retry} />}
      {!shown && !error && <Skeleton />}
      {shown && !shown.lanes.length && <Nothing />}
      {shown && shown.lanes.length > 0 && (
        <div className={error ? "stale" : undefined}>
          <Notes answer={answer} />
          <section className="card timeline-card" aria-label="Timeline" aria-busy={busy || undefined}>
            <Lanes {...{ shown, view, move: by, picked, pick: setPicked }} />
            <div className="under-lanes">
              <Legend />
              <button type="button" className="plain link" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>{asTable ? "Hide the table" : "Show as table"}</button>
            </div>
          </section>
          {picked != null && <InBucket {...{ shown, at: picked, close: () => setPicked(null) }} />}
          {asTable && <RunsTable {...{ shown, view: exact }} />}
        </div>
      )}
    </>
  );
}

/** Zoomed around the middle; what follows the present goes on to. */
const around = (exact, factor, middle, follows) => ({ ...zoomed(exact, factor, middle), ...(follows && { from: null }) });

function Step({ label, onClick, children }) {
  return <button type="button" className="plain icon-button step" aria-label={label} title={label} onClick={onClick}>{children}</button>;
}

export function Notes({ answer: { past, total, lanes } }) {
  const more = total > lanes.length;
  return (
    <>
      {past && <div className="notice" data-kind="info" role="note">Past runs are not known. {past}</div>}
      {more && <div className="notice" data-kind="info" role="note">The first {lanes.length} of {total.toLocaleString("en")} schedules, by name.</div>}
    </>
  );
}

export function Trouble({ error, known, retry }) {
  return (
    <div className="notice" data-kind="error" role="alert">
      <div>
        <h2>{known ? "This is what was known last" : "The timeline is not known"}</h2>
        <p>{error.message}.</p>
        {error.requestId && <p className="dim">Request <code>{error.requestId}</code></p>}
        <button type="button" className="button" onClick={retry}>Try again</button>
      </div>
    </div>
  );
}

export function Nothing() {
  return (
    <div className="card spaced">
      <div className="empty">
        <h2>No schedules yet</h2>
        <p>A schedule queues a job of its task whenever its time comes; its runs, past and coming, are shown here.</p>
        <div className="row"><PageLink to="/schedules">All schedules</PageLink></div>
      </div>
    </div>
  );
}

export function Skeleton() {
  return (
    <div className="card spaced pad stack timeline-waits" aria-busy="true" aria-label="Loading">
      {Array.from({ length: 8 }, (_, i) => <span key={i} className="skeleton" />)}
    </div>
  );
}

