// The line of a page that names its own keys.
import { turn } from "./keys.js";
import { showKeys, useOn } from "./keys_frame.jsx";
import "./shortcuts.css";

/** Says which keys a page has of its own: `names` is one word for each. */
export function Shortcuts({ keys, names }) {
  const on = useOn();
  return (
    <div className="shortcuts">
      {on ? <>Keys: {keys.map((key, i) => <span key={key}><kbd>{key}</kbd> {names[i]}</span>)} <button type="button" className="plain link" onClick={showKeys}><kbd>?</kbd> all keys</button></> : "Single keys do nothing here."}
      <button type="button" className="plain link" onClick={() => turn(!on)}>{on ? "Turn single keys off" : "Turn single keys on"}</button>
    </div>
  );
}
