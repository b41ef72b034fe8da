// Above a list: how many of its rows were queued when. A stretch of it that is drawn over, or chosen with the
// two handles, becomes the list's range.
import { useRef, useState } from "react";
import { HIGH, bars, bucketAt, bucketsOf, moved, spanOf } from "./density.js";
import { clockTime, useFilters } from "./list_filters.jsx";
import { toAddress, writeDuration } from "./list_query.js";
import { useLive } from "./live.js";

const STEPS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10, Home: -1e6, End: 1e6 };
const DRAWN_PX = 4; // less is a press, not a stretch
const MINUTE_MS = 60_000;
// Where buckets are minutes and more, seconds say nothing.
const timeOf = (at, step) => (step < MINUTE_MS ? clockTime(at, true) : clockTime(at - (at % MINUTE_MS)));
const words = (n) => n.toLocaleString("en");

export function InTime({ topic }) {
  const { about, ready } = useLive(topic);
  const known = ready && about.start != null;
  const counted = known && about.failed != null;
  return (
    <section className="card in-time" aria-label="Executions by the time they were queued">
      {counted ? <Strip about={about} key={topic} /> : <div className="nothing">{ready && whyNot(about, known)}</div>}
    </section>
  );
}

function whyNot(about, known) {
  if (about.error && !known) return "Not known";
  return known ? "Too many to count by time: choose a shorter time, or filter" : "";
}

function Strip({ about }) {
  const { step_ms: step, since, until, failed, others } = about;
  const { params, go } = useFilters();
  const box = useRef(null);
  const [span, setSpan] = useState(null); // what is chosen, [begin, end] in ms: buckets move on as time does
  const [at, setAt] = useState(null); // the bucket that is pointed at
  const [drawn, setDrawn] = useState(null); // {from, x} while a stretch is drawn: the span of its first bucket, and where that was
  const buckets = failed.length;
  const paths = bars(failed, others);
  const whole = [0, buckets - 1];
  const chosen = span && bucketsOf(about, span, buckets); // [first, last]
  const [first, last] = chosen ?? whole;

  const zoom = ([from, to]) => {
    setSpan(null);
    const [begin, end] = spanOf(about, from, to);
    if (begin < end) go({ range: null, since: toAddress(new Date(begin)), until: toAddress(new Date(end)) });
  };
  const out = () => (params.get("since") || params.get("until")) && go({ range: null, since: null, until: null });
  const bucket = (event) => {
    const { left, width } = box.current.getBoundingClientRect();
    return bucketAt(event.clientX - left, width, buckets);
  };
  const down = (event) => {
    if (event.button) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const here = bucket(event);
    setDrawn({ from: spanOf(about, here, here), x: event.clientX });
  };
  const move = (event) => {
    const here = bucket(event);
    setAt(here);
    if (!drawn || !(chosen || Math.abs(event.clientX - drawn.x) >= DRAWN_PX)) return;
    const [begin, end] = spanOf(about, here, here);
    setSpan([Math.min(begin, drawn.from[0]), Math.max(end, drawn.from[1])]);
  };
  const up = () => {
    if (drawn && chosen) zoom(chosen);
    setDrawn(null);
  };
  const cancel = () => {
    setDrawn(null);
    setSpan(null);
  };
  const left = (event) => !drawn && !box.current.contains(event.relatedTarget) && setSpan(null);
  const press = (end) => (event) => {
    if (event.key === "Enter" && chosen) zoom(chosen);
    else if (event.key === "Escape") cancel();
    else if (STEPS[event.key]) setSpan(spanOf(about, ...moved([first, last], end, STEPS[event.key], buckets)));
    else return;
    event.preventDefault();
  };
  const handle = (end, label, value, edge) => (
    <span
      role="slider" tabIndex={0} className="handle" style={{ left: `${(100 * edge) / buckets}%` }} aria-label={label}
      aria-valuemin={0} aria-valuemax={buckets - 1} aria-valuenow={value}
      aria-valuetext={timeOf(spanOf(about, value, value)[end === "first" ? 0 : 1], step)} onKeyDown={press(end)} onBlur={left}
      title={`${label}: arrow keys move it, Enter zooms in`}
    />
  );
  const told = chosen ?? (at === null ? null : [at, at]);
  return (
    <>
      <div
        ref={box} className="bars" onPointerDown={down} onPointerMove={move} onPointerUp={up} onPointerCancel={cancel}
        onPointerLeave={() => setAt(null)} onDoubleClick={out}
      >
        <svg viewBox={`0 0 ${buckets} ${HIGH}`} preserveAspectRatio="none" aria-hidden="true">
          <path className="others" d={paths.others} />
          <path className="failed" d={paths.failed} />
        </svg>
        {chosen && <span className="chosen" style={{ left: `${(100 * first) / buckets}%`, right: `${(100 * (buckets - 1 - last)) / buckets}%` }} />}
        {handle("first", "From", first, first)}
        {handle("last", "To", last, last + 1)}
      </div>
      <div className="axis">
        <span>{timeOf(since, step)}</span>
        <span>{told ? said(about, told) : <Total failed={failed} others={others} within={lasts(params, until - since)} />}</span>
        <span>{params.get("until") ? timeOf(until, step) : "now"}</span>
      </div>
    </>
  );
}

const sum = (numbers, [first, last]) => numbers.slice(first, last + 1).reduce((all, n) => all + n, 0);

function said(about, span) {
  const [begin, end] = spanOf(about, ...span);
  const bad = sum(about.failed, span);
  return `${timeOf(begin, about.step_ms)} – ${timeOf(end, about.step_ms)}: ${words(bad + sum(about.others, span))}${bad ? `, ${words(bad)} failed` : ""}`;
}

/** The time that is shown where none was chosen: the list below has no such end. */
function lasts(params, ms) {
  const chosen = ["range", "since", "until"].some((name) => params.get(name));
  return chosen ? "" : ` in the last ${writeDuration(Math.round(ms / MINUTE_MS) * MINUTE_MS)}`;
}

function Total({ failed, others, within }) {
  const whole = [0, failed.length - 1];
  const bad = sum(failed, whole);
  return `${words(bad + sum(others, whole))} queued${within}${bad ? `, ${words(bad)} failed` : ""}`;
}
