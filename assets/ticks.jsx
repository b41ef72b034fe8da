// Which rows of the list on the page are ticked: a choice that belongs to the browser. Another list, or
// another page of it, begins with none.
import { useCallback, useEffect, useRef, useSyncExternalStore } from "react";
import { useLive, useTopicName } from "./live.js";

const NONE = { of: "", ids: [], all: false, count: 0 };
let ticks = NONE;
let shown = []; // the ids on the page
const readers = new Set();

function put(ids, all = false) {
  ticks = { of: ticks.of, ids, all, count: all ? 0 : ids.length };
  readers.forEach((reader) => reader());
}

function follow(reader) {
  readers.add(reader);
  return () => readers.delete(reader);
}

function turn(id, on) {
  const before = ticks.all ? shown : ticks.ids;
  put(on ? [...before, id] : before.filter((each) => each !== id));
}

/** What is ticked of the list with this topic: `{ids, all, count}`; `all`: everything that matches it. */
export function useTicks(topic) {
  const name = useTopicName(topic);
  const read = () => (ticks.of === name ? ticks : NONE);
  return useSyncExternalStore(follow, read, read);
}

/** Ticks everything that matches the list. */
export const tickEverything = () => put([], true);

/** Ticks nothing. */
export const tickNothing = () => put([]);

/** The box of a row. */
export function Tick({ id, label }) {
  const read = useCallback(() => ticks.all || ticks.ids.includes(id), [id]);
  const on = useSyncExternalStore(follow, read, read);
  return (
    <label className="tick">
      <input type="checkbox" checked={on} aria-label={label} onChange={(event) => turn(id, event.target.checked)} />
    </label>
  );
}

/** The box above the rows: all of the page, or none. It also begins anew where the list is another. */
export function TickPage({ topic, label }) {
  const name = useTopicName(topic);
  const { rows } = useLive(topic);
  const { ids, all } = useTicks(topic);
  shown = rows.filter((row) => !row.gone).map((row) => row.id);
  useEffect(() => {
    ticks = { ...NONE, of: name };
    put([]);
  }, [name]);
  const every = all || (shown.length > 0 && shown.every((id) => ids.includes(id)));
  const some = !every && ids.length > 0;
  return (
    <label className="tick">
      <input
        type="checkbox" aria-label={label} checked={every} ref={(box) => box && (box.indeterminate = some)}
        disabled={!shown.length} onChange={() => put(every ? [] : shown)}
      />
    </label>
  );
}

/** Ticks nothing any more once the question of a run is answered: what was ticked is being acted on. */
export function ClearTicks({ run, asked }) {
  const before = useRef(false);
  useEffect(() => {
    // A run that the server takes over gets another id, and a short one is over before anybody sees it go on.
    if (!run) return;
    if (before.current && !asked) put([]);
    before.current = asked;
  }, [run, asked]);
  return null;
}
