// All keys that do something on this page now.
import { useEffect, useId, useRef, useState } from "react";
import { hasRows, keysNow, linkOf, nameOf, PLACES, turn } from "./keys.js";
import { LOG_KEYS } from "./log_keys.js";
import { useOn } from "./keys_frame.jsx";
import "./shortcuts.css";

/** The keys of the log on the page, as far as they do something now. */
function keysOfLog() {
  const log = document.querySelector(".log");
  if (!log) return [];
  const searches = Boolean(log.querySelector(".log-search"));
  return LOG_KEYS.filter((each) => (searches || !each.searches) && !(each.grows && "done" in log.dataset));
}

const COMMAND = /Mac|iPhone|iPad/.test(navigator.platform) ? "⌘" : "Ctrl";

function keysAnywhere(on) {
  const always = [
    { key: `${COMMAND} K`, what: "search, and any command" },
    { key: `${COMMAND} Z`, what: "undo what still waits" },
  ];
  if (!on) return always;
  const places = Object.entries(PLACES).map(([key, href]) => ({ key: `g ${key}`, what: linkOf(href) }));
  return [
    ...always,
    { key: "/", what: "search on this page, or everywhere" },
    ...places.filter(({ what }) => what).map(({ key, what }) => ({ key, what: nameOf(what) || what.title })),
    { key: "?", what: "this help" },
  ];
}

const keysOfRows = () => !hasRows() ? [] : [
  { key: "j", what: "next row" },
  { key: "k", what: "row before" },
  { key: "Enter", what: "open the row" },
  ...[["x", 'input[type="checkbox"]', "select it, or not"], ["r", '[data-row-key="r"]', "retry it"], ["c", '[data-row-key="c"]', "cancel it"]]
    .filter(([, selector]) => document.querySelector(`#main tr[data-id] ${selector}`)).map(([key, , what]) => ({ key, what })),
];

/** A dialog; `onClose` is called when it is closed, by whatever. */
export function KeysHelp({ onClose }) {
  const dialog = useRef(null);
  const title = useId();
  const on = useOn();
  const [page] = useState(keysNow);
  const [ofRows] = useState(keysOfRows);
  const [inLog] = useState(keysOfLog);
  const close = useRef(null);
  useEffect(() => {
    dialog.current.showModal();
    close.current.focus();
  }, []);
  const list = (label, keys) => keys.length > 0 && (
    <section aria-label={label}>
      <h3>{label}</h3>
      <dl>{keys.map(({ key, what }) => <div key={key}><dt>{key.split(" ").map((each) => <kbd key={each}>{each}</kbd>)}</dt><dd>{what}</dd></div>)}</dl>
    </section>
  );
  return (
    <dialog ref={dialog} className="keys-help" aria-labelledby={title} onClose={onClose}>
      <h2 id={title}>Keys on this page</h2>
      <div className="keys-lists">
        {list("Anywhere", keysAnywhere(on))}
        {on && list("On this page", page)}
        {on && list("In the list", ofRows)}
        {list("While the focus is in the log", inLog)}
      </div>
      {on && inLog.some(({ key }) => page.some((each) => each.key === key)) && <p className="dim">While the focus is in the log, its keys go before those of the page.</p>}
      <form method="dialog">
        <button type="button" className="button" onClick={() => turn(!on)}>{on ? "Turn single keys off" : "Turn single keys on"}</button>
        <button type="submit" className="button" ref={close}>Close</button>
      </form>
    </dialog>
  );
}
