// Figures of a server as people read them, and lines of a text that hold what is looked for.
import { inWords } from "./durations.js";

const STEPS = ["B", "kB", "MB", "GB", "TB", "PB"];
// Made once: a chart writes hundreds of figures at each update.
const formats = [0, 1, 2, 3].map((digits) => new Intl.NumberFormat("en", { maximumFractionDigits: digits }));
const rounded = (value, digits = 2) => formats[digits].format(value);

/** `42 MB`, `1.5 GB`: steps of a thousand. */
function bytes(value) {
  let step = 0;
  let left = value;
  while (Math.abs(left) >= 999.5 && step < STEPS.length - 1) {
    left /= 1000;
    step += 1;
  }
  return `${rounded(left, left < 10 && step ? 1 : 0)} ${STEPS[step]}`;
}

/** `0.42 ms`, `12.3 ms`; from a second on as any duration. */
function milliseconds(value) {
  if (value >= 1000) return inWords(value);
  return `${rounded(value, value < 1 ? 3 : value < 100 ? 1 : 0)} ms`;
}

/** `66.7 %`: what is not all of them is never `100 %`, what is not none never `0 %`. */
function percent(value) {
  const told = value > 0 && value < 100 ? Math.min(99.9, Math.max(0.01, value)) : value;
  return `${rounded(told, told < 10 ? 2 : 1)} %`;
}

const UNITS = {
  count: (value) => rounded(value, 2),
  bytes,
  megabytes: (value) => bytes(value * 1_000_000),
  ms: milliseconds,
  seconds: (value) => inWords(value * 1000),
  percent,
  per_second: (value) => `${rounded(value, value < 10 ? 2 : 1)} / s`,
};

/** A figure in words; what nobody knows is a dash, never a zero. */
export function figure(value, unit = "count") {
  if (value == null || value === "") return "–";
  if (unit === "text") return String(value);
  return typeof value === "number" && Number.isFinite(value) ? (UNITS[unit] ?? UNITS.count)(value) : "–";
}

/** What a figure was in the period before, where a `change` tells of it; `label` leads the word "before". */
export function before(change, unit, label = "") {
  return change ? `${label}before ${figure(change.before, unit)}` : "";
}

/** The lines of a text; its last line break begins no further one. */
export function linesOf(text) {
  return text === "" ? [] : text.replace(/\r?\n$/, "").split(/\r?\n/);
}

/** Where `part`, in small letters, stands in a line: `[[from, to], …]`. */
export function hits(line, part) {
  const low = line.toLowerCase();
  // A few letters change their length in small letters: then places would be wrong, so only whole lines count.
  if (low.length !== line.length) return low.includes(part) ? [[0, line.length]] : [];
  const found = [];
  for (let at = low.indexOf(part); at >= 0; at = low.indexOf(part, at + part.length)) found.push([at, at + part.length]);
  return found;
}

/** The lines that hold `query`, whatever its case: `{lines, hits}`, all of them for nothing looked for. */
export function matching(lines, query) {
  const part = query.trim().toLowerCase();
  if (!part) return { lines, hits: 0 };
  let count = 0;
  const found = lines.filter((line) => {
    const here = hits(line, part).length;
    count += here;
    return here > 0;
  });
  return { lines: found, hits: count };
}

/** A line cut into `[text, isHit]` pieces. */
export function pieces(line, query) {
  const part = query.trim().toLowerCase();
  const parts = [];
  let at = 0;
  for (const [from, to] of part ? hits(line, part) : []) {
    if (from > at) parts.push([line.slice(at, from), false]);
    parts.push([line.slice(from, to), true]);
    at = to;
  }
  if (at < line.length || !parts.length) parts.push([line.slice(at), false]);
  return parts;
}
