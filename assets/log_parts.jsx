// The frame of a log, its scrollbar, and what stands there while there are no lines.
import { useRef } from "react";
import { Button } from "antd";
import { counted } from "./log_bar.jsx";

const DRAG_MS = 80; // between two places that are fetched while somebody drags

export function Slider({ slider, onMove, onShow }) {
  const timer = useRef(0);
  const moved = useRef(-Infinity);
  const move = (event) => {
    const line = Number(event.target.value);
    const go = () => {
      moved.current = performance.now();
      onMove(line);
    };
    onShow(line);
    clearTimeout(timer.current);
    // A click goes at once; somebody who drags passes many lines, and wants few of them.
    if (performance.now() - moved.current > DRAG_MS) go();
    else timer.current = setTimeout(go, DRAG_MS);
  };
  return (
    <input
      ref={slider} className="log-slider" type="range" min={1} defaultValue={1}
      aria-label="Position in the log" aria-orientation="vertical" onChange={move}
    />
  );
}

export function Frame({ height, label, bar, facts, onKeyDown, children }) {
  return (
    <section className="log" aria-label={label} {...facts} onKeyDown={onKeyDown}>
      <div className="log-bar">{bar}</div>
      <div className="log-main" style={{ height }}>{children}</div>
    </section>
  );
}

export function Skeleton() {
  return (
    <div className="log-skeleton" role="status" aria-label="Loading the log">
      {[62, 48, 71, 35, 54, 66, 41].map((width, i) => <i key={i} style={{ width: `${width}%` }} />)}
    </div>
  );
}

export function Nothing({ reader: { total, done }, unbegun, onAll }) {
  if (total) {
    return (
      <div className="log-empty">
        <strong>No line of this level</strong>
        <span>{`${counted(total, "line")} ${total === 1 ? "is" : "are"} below it.`}</span>
        <Button size="small" onClick={onAll}>Show all levels</Button>
      </div>
    );
  }
  if (unbegun) {
    return (
      <div className="log-empty">
        <strong>This execution never began</strong>
        <span>It was cancelled while it waited, so nothing was printed.</span>
      </div>
    );
  }
  return (
    <div className="log-empty">
      <strong>{done ? "This run printed nothing" : "No log lines yet"}</strong>
      <span>{done ? "console.log in the task would show here." : "They appear here as the task prints them."}</span>
    </div>
  );
}

export function Unreadable({ why, onRetry }) {
  return (
    <div className="log-empty" role="alert">
      <strong>The log cannot be shown</strong>
      <span>{why}. Trying again by itself.</span>
      <Button size="small" onClick={onRetry}>Retry now</Button>
    </div>
  );
}
