// A chart over time. Plotly is heavy and comes in its own file after the first paint; its place is kept free.
import { useEffect, useRef, useState } from "react";
import { Button } from "antd";
import { useNavigate } from "react-router";
import { useColorMode } from "./colour_mode.js";
import { figure } from "./figures.js";
import { useLazy } from "./lazy.js";
import { held } from "./leaving.js";
import { addressOf, hasLone, picked } from "./plot_pick.js";
import { room, ticks, topsOf } from "./plot_ticks.js";
import { PageLink, useServer } from "./server.jsx";
import { withServer } from "./server_address.js";
import "./plot.css";

const NONE = [];
const FEW = 48; // points that each have a mark
const loadPlotly = () => import("plotly.js-basic-dist-min").then((module) => module.default ?? module);
const CONFIG = { displayModeBar: false, responsive: true, showTips: false };
// Of hours the year is known, and would stand over that of the next mark.
const OF_HOURS = [{ dtickrange: [null, 12 * 3_600_000], value: "%H:%M\n%b %-d" }];
const moment = { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };

/**
 * `traces`: `[{name, values, kind: "line" | "bar", color: "--ok", dash, to}]`, a value for each of `starts`; what
 * is unknown (null) is a gap. `unit` is one of figures.js. With `stepMs`, the length of a bucket, a stretch that
 * is drawn over is zoomed into, and a press leads to the trace's `to`. `empty` stands where nothing is known.
 */
export function Plot({ starts = NONE, traces = NONE, unit = "count", label, height = 240, stepMs = 0, empty = "" }) {
  const { loaded: plotly, failed, retry } = useLazy(loadPlotly);
  const box = useRef(null);
  const mode = useColorMode();
  const [zoomed, setZoomed] = useState(false);
  const drawable = plotly && starts.length > 0;
  const drags = stepMs > 0 && !globalThis.matchMedia?.("(pointer: coarse)").matches;

  useEffect(() => {
    if (drawable) return inTurn(() => box.current && plotly.react(box.current, drawn(starts, traces, unit, box.current), layout(starts, traces, unit, box.current, stepMs, drags), CONFIG));
  }, [drawable, mode, JSON.stringify([starts, traces, unit, stepMs])]);
  useEffect(() => setZoomed(false), [stepMs]);
  useEffect(() => {
    const element = box.current;
    return () => plotly && plotly.purge(element);
  }, [plotly]);
  usePresses({ box, plotly: drawable && stepMs ? plotly : null, starts, traces, stepMs, setZoomed });

  const known = isKnown(traces);
  return (
    <figure className="plot" data-links={stepMs ? "" : undefined}>
      <Legend traces={traces} />
      <div ref={box} className="plot-area" role="img" aria-label={label} data-ready={drawable ? "" : undefined} style={{ height }} />
      {zoomed && <Button size="small" className="plot-whole" onClick={() => plotly.relayout(box.current, { "xaxis.autorange": true })}>Show all</Button>}
      {failed && <p role="alert" className="plot-failed">The chart could not be loaded. <Button size="small" onClick={retry}>Retry</Button></p>}
      {empty && drawable && !known && !failed && <p className="plot-failed">{empty}</p>}
      <Numbers {...{ starts, traces, unit, label, stepMs }} />
    </figure>
  );
}

const isKnown = (traces) => traces.some(({ values }) => values?.some((value) => value != null));

/** A press on a bucket opens what is behind it; what is drawn over is zoomed into by Plotly itself. */
function usePresses({ box, plotly, starts, traces, stepMs, setZoomed }) {
  const navigate = useNavigate();
  const server = useServer();
  const latest = useRef(null);
  latest.current = { starts, traces, stepMs, open: (to) => to && (held() || navigate(withServer(to, server))) };
  useEffect(() => {
    const element = box.current;
    if (!plotly || !element) return;
    const press = ({ points, event }) => {
      const { starts, traces, stepMs, open } = latest.current;
      const axis = element._fullLayout?.yaxis;
      const n = points?.[0]?.pointIndex;
      if (n === undefined || !axis) return;
      const y = axis.p2d(event.clientY - element.getBoundingClientRect().top - axis._offset);
      const which = picked(traces, n, y);
      if (which !== null) open(addressOf(traces[which].to, starts[n], stepMs));
    };
    const relaid = (change) => {
      if (change["xaxis.range[0]"] !== undefined) setZoomed(true);
      if (change["xaxis.autorange"]) setZoomed(false);
    };
    // Its events are there once it has drawn.
    const stop = inTurn(() => {
      element.on?.("plotly_click", press);
      element.on?.("plotly_relayout", relaid);
    });
    return () => {
      stop();
      element.removeListener?.("plotly_click", press);
      element.removeListener?.("plotly_relayout", relaid);
    };
  }, [plotly]);
}

// One chart after the other, each in a task of its own: keys and presses come in between.
const waiting = [];
let timer;

function inTurn(draw) {
  waiting.push(draw);
  timer ??= setTimeout(next);
  return () => {
    const place = waiting.indexOf(draw);
    if (place >= 0) waiting.splice(place, 1);
  };
}

function next() {
  const draw = waiting.shift();
  timer = waiting.length ? setTimeout(next) : undefined;
  draw?.();
}

const colour = (element, name) => getComputedStyle(element).getPropertyValue(name).trim();

function drawn(starts, traces, unit, element) {
  // As times of day here: Plotly would show a text with a zone as that zone's.
  const x = starts.map((start) => new Date(start));
  return traces.map(({ name, values = NONE, kind, color, dash = "solid" }) => ({
    name, x, y: values, type: kind === "bar" ? "bar" : "scatter", mode: x.length > FEW && !hasLone(values) ? "lines" : "lines+markers",
    text: values.map((value) => figure(value, unit)), textposition: "none", hovertemplate: "%{text}",
    marker: { color: colour(element, color), size: 5 },
    ...(kind === "bar" ? {} : { line: { color: colour(element, color), width: 1.5, dash } }),
  }));
}

// Plotly measures what it writes at each drawing when it makes room for it itself: margins are told, and the
// legend is ours.
function layout(starts, traces, unit, element, stepMs, drags) {
  const line = colour(element, "--line");
  const axis = { gridcolor: line, linecolor: line, zerolinecolor: line, fixedrange: true, ticklabeloverflow: "allow" };
  const surface = colour(element, "--surface");
  const marks = ticks(topsOf(traces), unit);
  const { nticks, margin } = room(element.clientWidth, Math.max(...marks.ticktext.map((text) => text.length)));
  return {
    autosize: true, barmode: "stack", bargap: 0.1, dragmode: drags ? "zoom" : false, hovermode: "x unified", uirevision: `kept ${stepMs}`,
    margin, paper_bgcolor: "transparent", plot_bgcolor: "transparent",
    font: { family: getComputedStyle(element).fontFamily, size: 12, color: colour(element, "--ink-3") },
    hoverlabel: { bgcolor: surface, bordercolor: line, font: { color: colour(element, "--ink") } },
    showlegend: false,
    // Of traces without any value Plotly would make up a time.
    xaxis: { ...axis, nticks, tickangle: 0, tickformatstops: OF_HOURS, type: "date", showgrid: false, fixedrange: !drags, ...(isKnown(traces) ? {} : { range: [starts[0], starts.at(-1)].map((start) => new Date(start)) }) },
    yaxis: { ...axis, rangemode: "tozero", ...marks },
  };
}

const DASHES = { dash: "6 3", dot: "2 2", dashdot: "6 2 2 2" };

function Legend({ traces }) {
  if (traces.length < 2) return null;
  return (
    <ul className="plot-legend" aria-hidden="true">
      {traces.map(({ name, kind, color, dash }) => (
        <li key={name}>
          <svg width="18" height="10" style={{ color: `var(${color})` }}>
            {kind === "bar" ? <rect width="10" height="10" x="4" rx="2" fill="currentColor" /> : <line x1="0" x2="18" y1="5" y2="5" stroke="currentColor" strokeWidth="2" strokeDasharray={DASHES[dash]} />}
          </svg>
          {name}
        </li>
      ))}
    </ul>
  );
}

/** The same as a table: what a picture says to those who see it. */
function Numbers({ starts, traces, unit, label, stepMs }) {
  const [open, setOpen] = useState(false);
  const known = starts.map((start, i) => i).filter((i) => traces.some(({ values }) => values?.[i] != null)).reverse();
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>As a table</summary>
      {open && (
        <div className="plot-table" tabIndex={0} role="region" aria-label={`${label} as a table`}>
          <table className="numbers" aria-label={label}>
            <thead><tr><th scope="col">From</th>{traces.map(({ name }) => <th key={name} scope="col">{name}</th>)}</tr></thead>
            <tbody>
              {known.map((i) => (
                <tr key={starts[i]}>
                  <th scope="row"><time dateTime={starts[i]}>{new Date(starts[i]).toLocaleString(undefined, moment)}</time></th>
                  {traces.map(({ name, values, to }) => <td key={name}><Behind to={values?.[i] > 0 ? addressOf(to, starts[i], stepMs) : ""}>{figure(values?.[i], unit)}</Behind></td>)}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  );
}

function Behind({ to, children }) {
  return to ? <PageLink to={to}>{children}</PageLink> : children;
}
