// A figure of the dashboard beside that of the period before: in words and an arrow, never by colour alone.
import { before } from "./figures.js";
import "./dashboard.css";

/** `change`: `{mark, words, kind, before}`; `label` says what is before the word "before". */
export function Compared({ change, unit = "count", label = "" }) {
  const { mark, words, kind } = change ?? {};
  const was = before(change, unit, label);
  return (
    <span className="change">
      {words && (
        <span className="turn" data-kind={kind}>
          <span aria-hidden="true">{mark}</span> {words}
        </span>
      )}
      {was && <span className="was">{was}</span>}
    </span>
  );
}
