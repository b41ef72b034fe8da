// Keys that press what the page marks with `data-shortcut`. They do nothing while somebody types, and can be
// switched off (WCAG 2.1.4): speech input and a cat press single keys too.
import { useEffect, useSyncExternalStore } from "react";
import { tinykeys } from "tinykeys";
import { keepText, keptText } from "./keeping.js";
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
  const asking = document.querySelectorAll('[role="dialog"], .ant-popconfirm:not(.ant-popover-hidden)');
  if ([...asking].some((each) => each.checkVisibility())) return null;
  const found = [...document.querySelectorAll(`[data-shortcut="${CSS.escape(key)}"]`)];
  return found.find((each) => !each.disabled && each.offsetParent !== null) ?? null;
}

/** Listens for `keys`, a list of single characters, and says which there are: `names` is one word for each. */
export function Shortcuts({ keys, names }) {
  const on = useOn();
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
    return tinykeys(window, Object.fromEntries([...listened].map((key) => [key, press(key)])));
  }, [on, listened]);
  return (
    <p className="shortcuts">
      {on ? <>Keys: {keys.map((key, i) => <span key={key}><kbd>{key}</kbd> {names[i]}</span>)}</> : "Single keys do nothing here."}
      <button type="button" className="plain link" onClick={() => choose(!on)}>{on ? "Turn keys off" : "Turn keys on"}</button>
    </p>
  );
}
