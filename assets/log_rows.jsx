// The lines of a log as rows: number, time since the first line, level, text.
import { memo } from "react";
import { pieces } from "./ansi.js";

const ROW_HEIGHT = 20; // px; as in logview.css

const local = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

/** `+1.204 s`; from a minute on `+12 m 04.3 s`. */
function offset(ms) {
  if (!(ms > 0)) return "+0.000 s";
  if (ms < 60_000) return `+${(ms / 1000).toFixed(3)} s`;
  const tenths = Math.floor(ms / 100);
  return `+${Math.floor(tenths / 600)} m ${((tenths % 600) / 10).toFixed(1).padStart(4, "0")} s`;
}

const absolute = (ms) => `${local.format(ms)} · ${new Date(ms).toISOString().slice(0, -1).replace("T", " ")} UTC`;

function Row({ line, origin, marked }) {
  const at = Date.parse(line.time);
  // The tabs and the line feed are for copied text; the columns have fixed widths.
  return (
    <div className="log-row" data-n={line.seq} data-level={line.level} data-source={line.source} data-mark={marked ? "" : undefined}>
      <a className="log-number" href={`#L${line.seq}`} tabIndex={-1} aria-hidden="true">{line.seq}</a>
      <span className="log-time" title={at ? absolute(at) : undefined}>{at ? offset(at - (origin ?? at)) : ""}{"\t"}</span>
      <span className="log-level">{line.level}{"\t"}</span>
      <span className="log-text">
        {pieces(line.text).map(({ text, className, style }, i) =>
          className || style ? <span key={i} className={className} style={style}>{text}</span> : text,
        )}
      </span>
    </div>
  );
}

/** Up to 100 rows that the browser may leave undrawn while they are out of sight. */
export const Block = memo(function Block({ first, lines, origin, from, to }) {
  return (
    <div className="log-block" data-first={first} style={{ containIntrinsicBlockSize: `auto ${lines.length * ROW_HEIGHT}px` }}>
      {lines.map((line) => (
        <Row key={line.seq} line={line} origin={origin} marked={line.seq >= from && line.seq <= to} />
      ))}
    </div>
  );
});

/** The number of the line at the top of a scrolled box, 0 without lines. Found by halving: rows out of sight stay undrawn. */
export function lineAtTop(box) {
  const top = box.getBoundingClientRect().top + 2;
  const block = firstBelow(box.querySelectorAll(".log-block"), top);
  const row = block && firstBelow(block.children, top);
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
