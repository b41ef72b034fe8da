// Acts that can be undone: each waits a moment at the console, whatever becomes of this tab, and says so here.
import { useEffect, useRef, useState } from "react";
import { useParam } from "./address.jsx";
import { useNow } from "./clock.jsx";
import { doing, doingMany, done, failed, lost, newestOf, secondsLeft } from "./delays_words.js";
import { useLive } from "./live.js";
import { useServer } from "./server.jsx";
import "./delays.css";

const typing = (target) => target.closest?.("input, textarea, select, [contenteditable]:not([contenteditable=false])");

/** `onUndo(row)` and `onDismiss(row)` are of one row, `onUndoRun(id)` is of an act on many. */
export function Delays({ onUndo, onDismiss, onUndoRun }) {
  const { rows, about } = useLive("delays");
  const runs = useLive("bulk").rows;
  const open = (useParam("bulk") ?? "").split(".")[0];
  const [gone, forget] = useLost(rows, about.epoch);
  // The panel of a run that is open says it itself.
  const many = runs.filter((run) => run.phase === "waiting" && run.run !== open);
  const waits = [
    ...rows.filter((act) => act.stage === "waiting").map((act) => ({ key: act.id, words: doing(act), at: act.due_at, undo: () => onUndo(act.id) })),
    ...many.map((run) => ({ key: run.id, words: doingMany(run), at: run.due_at, undo: () => onUndoRun(run.run) })),
  ];
  const undoNewest = useRef(null);
  undoNewest.current = newestOf(waits)?.undo;
  useEffect(() => {
    const press = (event) => {
      if (event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
      if (!undoNewest.current || typing(event.target)) return;
      event.preventDefault();
      undoNewest.current();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
  return (
    <>
      {waits.map((each) => <Waiting key={each.key} most={about.undo_s} {...each} />)}
      {rows.filter((act) => act.stage === "doing").map((act) => <div key={act.id} className="toast" data-kind="wait" role="status">{doing(act)}…</div>)}
      {rows.filter((act) => act.stage === "done").map((act) => (
        <Told key={act.id} kind={act.note ? "warn" : "ok"} text={`${done(act)}.`} note={act.note} close={() => onDismiss(act.id)} />
      ))}
      {rows.filter((act) => act.stage === "failed").map((act) => (
        <Told key={act.id} kind="error" text={`${failed(act)}:`} note={act.note} close={() => onDismiss(act.id)} />
      ))}
      {gone.map((each) => <Told key={`lost ${each.id}`} kind="warn" text={each.text} close={() => forget(each.id)} />)}
    </>
  );
}

/** The seconds are not announced one by one: a screen reader hears once what is about to happen. */
function Waiting({ words, at, most, undo }) {
  const left = secondsLeft(at, useNow(true), most);
  const button = useRef(null);
  const before = useRef(null);
  // Who came here by keyboard goes back to where they were, however it ends.
  useEffect(() => {
    const here = button.current;
    return () => {
      if (document.activeElement === here || document.activeElement === document.body) before.current?.focus?.();
    };
  }, []);
  return (
    <div className="toast delay" data-kind="wait" role="group" aria-label={words}>
      <span role="status" className="visually-hidden">{words} in a few seconds. Control Z undoes it.</span>
      <span aria-hidden="true">{words}{left > 0 ? ` in\u00a0${left}\u00a0s` : "…"}</span>
      <button
        type="button" ref={button} className="plain link" aria-label={`Undo: ${words}`} aria-keyshortcuts="Control+Z" title="Ctrl+Z"
        onFocus={(event) => (before.current = event.relatedTarget)} onClick={undo}
      >
        Undo
      </button>
    </div>
  );
}

function Told({ kind, text, note, close }) {
  return (
    <div className="toast" data-kind={kind} role={kind === "error" ? "alert" : "status"}>
      <span>{text} {note}</span>
      <button type="button" className="plain dim" aria-label="Dismiss" onClick={close}>✕</button>
    </div>
  );
}

/** What was waited for when the console was started again, and the way to say no more of it. */
function useLost(acts, epoch) {
  const server = useServer();
  const before = useRef({ acts: [], epoch: "", server });
  const [gone, setGone] = useState([]);
  useEffect(() => {
    const found = lost(before.current, epoch, server, acts);
    if (found.length) setGone((told) => [...told, ...found]);
    if (epoch) before.current = { acts, epoch, server };
  }, [acts, epoch, server]);
  return [gone, (id) => setGone((told) => told.filter((each) => each.id !== id))];
}
