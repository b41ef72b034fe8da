// Times as people read them: one shared clock ticks for everything on the page.
import { useSyncExternalStore } from "react";
import { inWords } from "./durations.js";

let now = Date.now();
let timer;
const readers = new Set();

function tick() {
  now = Date.now();
  readers.forEach((reader) => reader());
}

function follow(reader) {
  readers.add(reader);
  if (timer === undefined) {
    now = Date.now(); // nobody kept it up to date while nobody looked
    timer = setInterval(tick, 1000);
  }
  return () => {
    readers.delete(reader);
    if (!readers.size) timer = void clearInterval(timer);
  };
}

const still = () => () => {};

/** The present, which moves on by the second while `ticking`. What comes between two ticks is not of the future. */
export function useNow(ticking) {
  const value = useSyncExternalStore(ticking ? follow : still, () => now);
  return ticking ? Math.max(value, Date.now()) : value;
}

/** Whole steps for what ticks: `7 s`, not `7.3 s`. */
const coarse = (ms) => inWords(ms < 60_000 ? Math.floor(ms / 1000) * 1000 : ms).replace(".0 s", " s").replace(/^0 ms$/, "0 s");

// One style on all pages, whatever the locale: logs and charts count to 24 as well.
const H24 = { hourCycle: "h23" };

const both = (date) => `${date.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium", ...H24 })} · ${date.toISOString().replace("T", " ").replace(/\.\d+Z$/, "")} UTC`;

/** `38 s ago`, `in 4 m 10 s`; the exact instant in the tooltip, local and UTC. */
export function Ago({ at, empty = "–" }) {
  const current = useNow(Boolean(at));
  if (!at) return <span className="dim">{empty}</span>;
  const date = new Date(at);
  const distance = current - date.getTime();
  const words = distance >= 0 ? (distance < 1500 ? "just now" : `${coarse(distance)} ago`) : `in ${coarse(-distance + 999)}`;
  return <time dateTime={date.toISOString()} title={both(date)}>{words}</time>;
}

/** The instant itself: the clock time today, with the date otherwise. */
export function Instant({ at, empty = "–" }) {
  if (!at) return <span className="dim">{empty}</span>;
  const date = new Date(at);
  const today = date.toDateString() === new Date().toDateString();
  const words = today
    ? date.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", ...H24 })
    : date.toLocaleString(undefined, { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", ...H24 });
  return <time dateTime={date.toISOString()} title={both(date)}>{words}</time>;
}

/** How long something took, or, while it has no end, how long it has been going on. */
export function Duration({ ms, since }) {
  const ticking = ms == null && Boolean(since);
  const current = useNow(ticking);
  if (ms != null) return <span title={`${ms.toLocaleString()} ms`}>{inWords(ms)}</span>;
  if (!since) return <span className="dim">–</span>;
  return <span data-ticking="">{coarse(Math.max(0, current - new Date(since).getTime()))}</span>;
}
