// What differs between two texts, line by line. What compares comes after the first paint.
import { useEffect, useRef, useState } from "react";
import { Button } from "antd";
import { MOST_CHARACTERS } from "./diff_lines.js";
import { useLazy } from "./lazy.js";
import "./diff.css";

// Two columns need so many px.
const WIDE_PX = 720;
const loadRows = () => import("./diff_rows.jsx");

/** Two texts; `before` or `after` may be null while they are not known: then a skeleton stands here. */
export function DiffView({ before, after, beforeLabel = "Before", afterLabel = "After", label = "Difference" }) {
  const { loaded, failed, retry } = useLazy(loadRows);
  const box = useRef(null);
  const wide = useWide(box);
  const [chosen, setChosen] = useState(null);
  const side = wide && chosen !== "lines";
  const known = before != null && after != null;
  const size = known ? before.length + after.length : 0;
  const head = (told) => (
    <div className="diff-head">
      <p role="status">{told}</p>
      {wide && (
        <div className="diff-ways" role="group" aria-label="Show the difference">
          <button type="button" aria-pressed={side} onClick={() => setChosen("side")}>Side by side</button>
          <button type="button" aria-pressed={!side} onClick={() => setChosen("lines")}>In lines</button>
        </div>
      )}
    </div>
  );
  return (
    <div className="diff" ref={box} role="region" aria-label={label} tabIndex={0} data-ready={loaded && known ? "" : undefined}>
      {size > MOST_CHARACTERS ? <p className="diff-note">{tooLarge(before, after, beforeLabel, afterLabel)}</p>
        : loaded && known ? <loaded.Comparison {...{ before, after, beforeLabel, afterLabel, side, head }} />
          : failed ? <p className="diff-note" role="alert">The difference could not be loaded. <Button size="small" onClick={retry}>Retry</Button></p>
            : <p className="diff-note" aria-busy="true">Comparing…</p>}
    </div>
  );
}

function tooLarge(before, after, beforeLabel, afterLabel) {
  const sizes = `${beforeLabel}: ${inMillions(before)}, ${afterLabel}: ${inMillions(after)}`;
  return `Too large to compare here: more than ${MOST_CHARACTERS / 1e6} million characters together (${sizes}). ${before === after ? "They are the same." : "They differ."}`;
}

const inMillions = (text) => `${(text.length / 1e6).toFixed(2)} million`;

function useWide(box) {
  const [wide, setWide] = useState(false);
  useEffect(() => {
    const watch = new ResizeObserver(([entry]) => setWide(entry.contentRect.width >= WIDE_PX));
    watch.observe(box.current);
    return () => watch.disconnect();
  }, []);
  return wide;
}
