// What tasks did of late, small enough for a row of a table: bars by the hour, and a strip of single runs.
import { useRef, useState } from "react";
import "./activity.css";
import { inWords } from "./durations.js";
import { figure } from "./figures.js";
import { PageLink } from "./server.jsx";

const WIDTH = 4;
const HEIGHT = 18;

/** The last 24 hours of a task: bars, how many of its runs went well, and how long nearly all of them took. */
export function Day({ day }) {
  if (day?.completed == null) return <span className="dim">–</span>;
  const { completed, failed, cancelled, success_rate: rate, duration_ms: times, hours } = day;
  if (!completed && !failed && !cancelled) return <span className="dim">no runs</span>;
  return (
    <span className="day">
      <Bars completed={hours.completed} failed={hours.failed} label={`By the hour: ${completed} completed, ${failed} failed`} />
      <span className="under">
        <span className={rate < 95 ? "rate bad" : "rate"} title={`${completed} completed, ${failed} failed, ${cancelled} cancelled in 24 hours`}>
          {figure(rate, "percent")}
        </span>
        <span className="dim" title="95 % of the runs took no longer"> · p95 {inWords(times.p95)}</span>
      </span>
    </span>
  );
}

/** A bar for each hour: what failed below, what was completed above; an hour without runs is a thin line. */
function Bars({ completed: good, failed: bad, label }) {
  const completed = good.map((n) => Number(n) || 0);
  const failed = completed.map((_, i) => Number(bad[i]) || 0);
  const most = Math.max(1, ...completed.map((n, i) => n + failed[i]));
  // One failure among thousands of runs can still be seen.
  const px = (n) => (n ? Math.max(2, (n / most) * HEIGHT) : 0);
  const bar = (i, y, height, kind) => height > 0 && <rect key={kind + i} className={kind} x={i * WIDTH} y={y} width={WIDTH - 1} height={height} />;
  return (
    <svg className="bars" role="img" aria-label={label} width={completed.length * WIDTH} height={HEIGHT} viewBox={`0 0 ${completed.length * WIDTH} ${HEIGHT}`}>
      <title>{label}</title>
      {completed.flatMap((n, i) => {
        const low = px(failed[i]);
        const high = Math.min(px(n), HEIGHT - low);
        const none = !n && !failed[i];
        return [none && bar(i, HEIGHT - 1, 1, "none"), bar(i, HEIGHT - low, low, "bad"), bar(i, HEIGHT - low - high, high, "ok")];
      })}
    </svg>
  );
}

const STATUS = {
  PENDING: ["wait", "Pending"],
  RUNNING: ["run", "Running"],
  COMPLETED: ["ok", "Completed"],
  FAILED: ["bad", "Failed"],
  CANCELLED: ["wait", "Cancelled"],
  QUEUED: ["wait", "Queued"],
  PROCESSING: ["run", "Processing"],
  RETRYING: ["run", "Retrying"],
};

const clock = (at) => (at ? new Date(at).toLocaleString(undefined, { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }) : "");

/** What a bar is called: `Failed after 1.2 s, Nov 29, 18:02:11: The till does not balance`. */
function words({ status, duration_ms: ms, queued_at: at, error_message: error }) {
  const [, word] = STATUS[status] ?? ["", status];
  const took = ms == null ? "" : ` after ${inWords(ms)}`;
  return `${word}${took}, ${clock(at)}${error ? `: ${error.slice(0, 120)}` : ""}`;
}

/** Runs as bars, the newest at the right: the longer it took the higher, coloured by status, each a link to it.
 *  `of`: what they are, `small`: for a row of a table. */
export function RunStrip({ runs, of = "executions", label = "Last runs, the oldest first", small = false }) {
  return runs?.length ? <Strip {...{ runs, of, label, small }} /> : <span className="dim">{runs ? "no runs" : "–"}</span>;
}

function Strip({ runs, of, label, small }) {
  const [at, setAt] = useState(null);
  const list = useRef(null);
  const most = Math.max(1, ...runs.map((run) => run.duration_ms ?? 0));
  // One stop for the Tab key, arrows go from bar to bar.
  const stop = runs.some((run) => run.id === at) ? at : runs.at(-1)?.id;
  const move = (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    const links = [...list.current.querySelectorAll("a")];
    const next = links[links.indexOf(document.activeElement) + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
  };
  return (
    <ol className={small ? "strip small" : "strip"} ref={list} onKeyDown={move} aria-label={label}>
      {runs.map((run) => (
        <li key={run.id}>
          <PageLink
            to={`/${of}/${run.id}`} title={words(run)} aria-label={words(run)} data-kind={STATUS[run.status]?.[0] ?? "wait"}
            tabIndex={run.id === stop ? 0 : -1} onFocus={() => setAt(run.id)}
          >
            <i style={{ height: `${run.duration_ms == null ? 100 : Math.max(8, 100 * Math.sqrt(Math.max(0, run.duration_ms) / most))}%` }} />
          </PageLink>
        </li>
      ))}
    </ol>
  );
}
