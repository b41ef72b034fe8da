// The marks of a chart's axis, in the words of its unit: Plotly knows no `1.5 s` for 1,500 ms, and marks halves
// of what can only be counted.
import { figure } from "./figures.js";

const TIME_PX = 56; // with air; a date stands below few of them
const HALF_A_DATE_PX = 22; // `Nov 30`: it may stand at an end

/** `{tickvals, ticktext}` for values of a unit from zero on; `tops` are the highest points, null where unknown. */
export function ticks(tops, unit) {
  const most = Math.max(0, ...tops.filter((value) => value != null));
  if (!most) return { range: [0, 1], tickvals: [0], ticktext: [figure(0, unit)] };
  const rough = most / 4;
  const size = 10 ** Math.floor(Math.log10(rough));
  const round = [1, 2, 5, 10].map((n) => n * size).find((n) => n >= rough);
  const step = unit === "count" ? Math.max(1, round) : round;
  const tickvals = Array.from({ length: 6 }, (_, i) => i * step).filter((value) => value <= most + step);
  return { tickvals, ticktext: tickvals.map((value) => figure(value, unit)) };
}

/**
 * `{nticks, margin}` of a chart so many pixels wide whose longest mark has so many characters: Plotly would turn
 * times on their side where there are many, and cut off what does not fit.
 */
export function room(width, characters) {
  const margin = { t: 8, r: HALF_A_DATE_PX, b: 40, l: Math.max(14 + 7 * characters, HALF_A_DATE_PX) };
  return { nticks: Math.max(2, Math.floor((width - margin.l - margin.r) / TIME_PX)), margin };
}

/** The highest points of traces: bars stand on one another, lines do not. */
export function topsOf(traces) {
  const sums = [];
  for (const { kind, values = [] } of traces) {
    if (kind === "bar") values.forEach((value, i) => (sums[i] = (sums[i] ?? 0) + (value ?? 0)));
  }
  return [...sums, ...traces.filter(({ kind }) => kind !== "bar").flatMap(({ values = [] }) => values)];
}
