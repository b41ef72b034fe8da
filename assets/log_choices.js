// What a reader has chosen for a log: in the address what a link should carry, in the browser what suits the reader.
import { useState } from "react";
import { keepText, keptText } from "./keeping.js";
import { LEVELS } from "./log_reader.js";
import { TIMES } from "./log_times.js";

const NARROW_PX = 600;
const WRAP_KEY = "ratchet.log.wrap";
const TIMES_KEY = "ratchet.log.times";

/** The lines that the address points at: `#L9` or `#L9-L20`; zeros when it does not. */
export function linkedLines() {
  const match = /^#L(\d+)(?:-L?(\d+))?$/.exec(location.hash);
  if (!match) return [0, 0];
  const [from, to] = [Number(match[1]), Number(match[2] ?? match[1])];
  return [Math.min(from, to), Math.max(from, to)];
}

const hashOf = (from, to) => (from === to ? `#L${from}` : `#L${from}-L${to}`);

/** Let the address point at lines, without an entry in the history. */
export function linkLines(from, to) {
  history.replaceState(history.state, "", from ? hashOf(from, to) : location.pathname + location.search);
}

/** The address of these lines. */
export const linkTo = (from, to) => new URL(hashOf(from, to), location.href).href;

/** What the address chooses: the least level, and what is searched for. */
export function addressed() {
  const params = new URLSearchParams(location.search);
  const level = params.get("level") ?? "";
  return { level: LEVELS.includes(level) ? level : "", find: params.get("find") ?? "", regex: params.get("regex") === "1" };
}

/** Put choices into the address; an empty one leaves it. */
export function address(choices) {
  const params = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(choices)) {
    if (value) params.set(name, value === true ? "1" : value);
    else params.delete(name);
  }
  const query = params.size ? `?${params}` : "";
  history.replaceState(history.state, "", `${location.pathname}${query}${location.hash}`);
}

/** Whether long lines wrap, and how times are shown: remembered; lines wrap by themselves only where there is little room. */
export function useReading() {
  const [wrap, setWrap] = useState(() => {
    const kept = keptText(WRAP_KEY);
    return kept === null ? window.innerWidth < NARROW_PX : kept === "1";
  });
  const [times, setTimes] = useState(() => {
    const kept = keptText(TIMES_KEY);
    return kept in TIMES ? kept : "since";
  });
  const turnWrap = () => {
    keepText(WRAP_KEY, wrap ? "0" : "1");
    setWrap(!wrap);
  };
  const chooseTimes = (way) => {
    keepText(TIMES_KEY, way);
    setTimes(way);
  };
  return { wrap, turnWrap, times, chooseTimes };
}

const LEFT_MS = 600_000;
const left = new Map(); // the address of a log: where somebody was in it

/** Remember where somebody is in a log: the page may be back in a moment, after a look at another tab of it. */
export function leave(src, place) {
  left.set(src, { ...place, hash: location.hash, until: Date.now() + LEFT_MS });
}

/** Where somebody was in a log, unless that is long ago, or the address now points elsewhere. */
export function leftAt(src) {
  const place = left.get(src);
  left.delete(src);
  return place && place.until > Date.now() && place.hash === location.hash ? place : null;
}
