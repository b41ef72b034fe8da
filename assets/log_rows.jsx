// The lines of a log as rows: number, time, level, text.
import { memo } from "react";
import { pieces } from "./ansi.js";
import { inFull, shown } from "./log_times.js";

const ROW_HEIGHT = 20; // px; as in logview.css

const number = new Intl.NumberFormat("en");

/** The text of a line, in the colours that its terminal codes ask for. */
export const Pieces = ({ of }) =>
  pieces(of).map(({ text, className, style }, i) => (className || style ? <span key={i} className={className} style={style}>{text}</span> : text));

function Row({ line, origin, times, now, marked, found }) {
  const at = Date.parse(line.time);
  return (
    <div
      className="log-row" data-n={line.seq} data-level={line.level} data-source={line.source}
      data-mark={marked ? "" : undefined} data-found={found ? "" : undefined}
    >
      <a className="log-number" href={`#L${line.seq}`} tabIndex={-1} aria-hidden="true">{line.seq}</a>
      {times !== "off" && <span className="log-time" data-at={at || undefined}>{shown(times, at, origin, now)}</span>}
      <span className="log-level">{line.level}</span>
      <span className="log-text">
        <Pieces of={line.text} />
        {line.rest > 0 && (
          <button type="button" className="plain log-rest" data-rest={line.seq}>{`… ${number.format(line.rest)} more characters`}</button>
        )}
      </span>
    </div>
  );
}

/** Up to 100 rows that the browser may leave undrawn while they are out of sight. `found`: the line of the search. */
export const Block = memo(function Block({ first, lines, origin, times, now, from, to, found }) {
  return (
    <div className="log-block" data-first={first} style={{ containIntrinsicBlockSize: `auto ${lines.length * ROW_HEIGHT}px` }}>
      {lines.map((line) => (
        <Row
          key={line.seq} line={line} origin={origin} times={times} now={now}
          marked={line.seq >= from && line.seq <= to} found={line.seq === found}
        />
      ))}
    </div>
  );
});

/** The full time of a line, for who rests on it: made then, not for every line that goes by. */
export function tellTime({ target }) {
  if (target.dataset?.at && !target.title) target.title = inFull(Number(target.dataset.at));
}

/** The number of the line at the top of a scrolled box, 0 without lines. Found by halving: rows out of sight stay undrawn. */
export const lineAtTop = (box) => lineAt(box, box.getBoundingClientRect().top + 2);

/** The number of the line at the bottom of the view; 0: there is none. */
export const lineAtBottom = (box) => lineAt(box, box.getBoundingClientRect().bottom - 2);

function lineAt(box, y) {
  const block = firstBelow(box.querySelectorAll(".log-block"), y);
  const row = block && firstBelow(block.children, y);
  return row ? Number(row.dataset.n) : 0;
}

function firstBelow(elements, y) {
  let low = 0;
  let high = elements.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (elements[middle].getBoundingClientRect().bottom > y) high = middle;
    else low = middle + 1;
  }
  return elements[low];
}

/** Copied rows as lines of text, without numbers, times and levels; the browser would put each column on its own line. */
export function copy(event) {
  const selection = getSelection();
  if (!selection.rangeCount) return;
  const picked = selection.getRangeAt(0).cloneContents();
  picked.querySelectorAll(".log-rest").forEach((button) => button.remove());
  const rows = [...picked.querySelectorAll(".log-row")];
  const text = rows.length ? rows.map((row) => row.querySelector(".log-text")?.textContent ?? "").join("\n") : picked.textContent;
  event.clipboardData.setData("text/plain", text);
  event.preventDefault();
}
