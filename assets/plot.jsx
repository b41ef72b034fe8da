// A chart over time. Plotly is heavy and comes in its own file after the first paint; its place is kept free.
import { useEffect, useRef, useState } from "react";
import { Button } from "antd";
import { useColorMode } from "./colour_mode.js";
import { figure } from "./figures.js";
import { useLazy } from "./lazy.js";
import { ticks, topsOf } from "./plot_ticks.js";
import "./plot.css";

const NONE = [];
const loadPlotly = () => import("plotly.js-basic-dist-min").then((module) => module.default ?? module);
const CONFIG = { displayModeBar: false, responsive: true, showTips: false };
const moment = { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };

/**
 * `traces`: `[{name, values, kind: "line" | "bar", color: "--ok"}]`, a value for each of `starts`; what is
 * unknown (null) is a gap. `unit` is one of figures.js.
 */
export function Plot({ starts = NONE, traces = NONE, unit = "count", label, height = 240 }) {
  const { loaded: plotly, failed, retry } = useLazy(loadPlotly);
  const box = useRef(null);
  const mode = useColorMode();

  useEffect(() => {
    if (plotly && box.current) plotly.react(box.current, drawn(starts, traces, unit, box.current), layout(traces, unit, box.current), CONFIG);
  }, [plotly, mode, JSON.stringify([starts, traces, unit])]);
  useEffect(() => {
    const element = box.current;
    return () => plotly && plotly.purge(element);
  }, [plotly]);

  return (
    <figure className="plot">
      <div ref={box} className="plot-area" role="img" aria-label={label} data-ready={plotly ? "" : undefined} style={{ height }} />
      {failed && <p role="alert" className="plot-failed">The chart could not be loaded. <Button size="small" onClick={retry}>Retry</Button></p>}
      <Numbers {...{ starts, traces, unit, label }} />
    </figure>
  );
}

const colour = (element, name) => getComputedStyle(element).getPropertyValue(name).trim();

function drawn(starts, traces, unit, element) {
  // As times of day here: Plotly would show a text with a zone as that zone's.
  const x = starts.map((start) => new Date(start));
  return traces.map(({ name, values = NONE, kind, color }) => ({
    name, x, y: values, type: kind === "bar" ? "bar" : "scatter", mode: "lines+markers",
    text: values.map((value) => figure(value, unit)), textposition: "none", hovertemplate: "%{text}",
    marker: { color: colour(element, color), size: 5 },
    ...(kind === "bar" ? {} : { line: { color: colour(element, color), width: 1.5 } }),
  }));
}

function layout(traces, unit, element) {
  const line = colour(element, "--line");
  const axis = { gridcolor: line, linecolor: line, zerolinecolor: line, fixedrange: true, automargin: true };
  const surface = colour(element, "--surface");
  return {
    autosize: true, barmode: "stack", bargap: 0.1, dragmode: false, hovermode: "x unified", uirevision: "kept",
    margin: { t: 8, r: 12, b: 28, l: 44 }, paper_bgcolor: "transparent", plot_bgcolor: "transparent",
    font: { family: getComputedStyle(element).fontFamily, size: 12, color: colour(element, "--ink-3") },
    hoverlabel: { bgcolor: surface, bordercolor: line, font: { color: colour(element, "--ink") } },
    showlegend: traces.length > 1, legend: { traceorder: "normal", orientation: "h", y: 1.02, yanchor: "bottom", x: 0, itemclick: false, itemdoubleclick: false },
    xaxis: { ...axis, type: "date", showgrid: false },
    yaxis: { ...axis, rangemode: "tozero", ...ticks(topsOf(traces), unit) },
  };
}

/** The same as a table: what a picture says to those who see it. */
function Numbers({ starts, traces, unit, label }) {
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
                  {traces.map(({ name, values }) => <td key={name}>{figure(values?.[i], unit)}</td>)}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  );
}
