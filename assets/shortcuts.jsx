// Keys that press what the page marks with `data-shortcut`. They do nothing while somebody types, and can be
// switched off (WCAG 2.1.4): speech input and a cat press single keys too.
import { useEffect, useId, useRef, useState, useSyncExternalStore } from "react";
import { tinykeys } from "tinykeys";
import { keepText, keptText } from "./keeping.js";
import { LOG_KEYS } from "./log_keys.js";
import "./shortcuts.css";

const STORE = "ratchet.shortcuts";
const readers = new Set();
let chosen = null; // lasts as long as the page where the browser keeps nothing

function isOn() {
  chosen = keptText(STORE) ?? chosen;
  return chosen !== "off";
}

function choose(on) {
  chosen = on ? "on" : "off";
  keepText(STORE, chosen);
  readers.forEach((reader) => reader());
}

function follow(reader) {
  readers.add(reader);
  addEventListener("storage", reader);
  return () => {
    readers.delete(reader);
    removeEventListener("storage", reader);
  };
}

const useOn = () => useSyncExternalStore(follow, isOn);

/** The control of a key, if it is there to be pressed. What was opened once stays in the page, unseen. */
function controlOf(key) {
  const asking = document.querySelectorAll('dialog[open], [role="dialog"], .ant-popconfirm:not(.ant-popover-hidden)');
  if ([...asking].some((each) => each.checkVisibility())) return null;
  const found = [...document.querySelectorAll(`[data-shortcut="${CSS.escape(key)}"]`)];
  return found.find((each) => !each.disabled && each.offsetParent !== null) ?? null;
}

/** The keys of the log on the page, as far as they do something now. */
function keysOfLog() {
  const log = document.querySelector(".log");
  if (!log) return [];
  const searches = Boolean(log.querySelector(".log-search"));
  return LOG_KEYS.filter((each) => (searches || !each.searches) && !(each.grows && "done" in log.dataset));
}

function Help({ held, onClose }) {
  const dialog = useRef(null);
  const title = useId();
  const [inLog] = useState(keysOfLog);
  useEffect(() => dialog.current.showModal(), []);
  const list = (label, keys) => (
    <section aria-label={label}>
      <h3>{label}</h3>
      <dl>{keys.map(({ key, what }) => <div key={key}><dt><kbd>{key}</kbd></dt><dd>{what}</dd></div>)}</dl>
    </section>
  );
  return (
    <dialog ref={dialog} className="keys-help" aria-labelledby={title} onClose={onClose}>
      <h2 id={title}>Keys on this page</h2>
      {list("Anywhere", [...held, { key: "?", what: "this help" }])}
      {inLog.length > 0 && list("While the focus is in the log", inLog)}
      {inLog.some(({ key }) => held.some((each) => each.key === key)) && <p>There a key has this meaning alone.</p>}
      <form method="dialog"><button type="submit" className="button">Close</button></form>
    </dialog>
  );
}

/** Listens for `keys`, a list of single characters, and says which there are: `names` is one word for each. `?` helps. */
export function Shortcuts({ keys, names }) {
  const on = useOn();
  const [held, setHeld] = useState(null); // the keys that the help tells of, while it is open
  const help = () => {
    const now = keys.map((key, i) => ({ key, what: names[i] })).filter(({ key }) => controlOf(key));
    setHeld((open) => open ?? now);
  };
  const helping = useRef(help);
  helping.current = help;
  const listened = keys.join("");
  useEffect(() => {
    if (!on) return undefined;
    const press = (key) => (event) => {
      const control = event.repeat ? null : controlOf(key);
      if (!control) return;
      event.preventDefault();
      control.focus();
      control.click();
    };
    return tinykeys(window, { ...Object.fromEntries([...listened].map((key) => [key, press(key)])), "[Shift]+?": () => helping.current() });
  }, [on, listened]);
  return (
    <div className="shortcuts">
      {on ? <>Keys: {keys.map((key, i) => <span key={key}><kbd>{key}</kbd> {names[i]}</span>)} <button type="button" className="plain link" onClick={help}><kbd>?</kbd> all keys</button></> : "Single keys do nothing here."}
      <button type="button" className="plain link" onClick={() => choose(!on)}>{on ? "Turn keys off" : "Turn keys on"}</button>
      {held && <Help held={held} onClose={() => setHeld(null)} />}
    </div>
  );
}
