// Windows into a JSON document: the rows of its tree, or the lines of its text. Only what is seen is drawn.
import { useEffect, useId, useRef, useState } from "react";

const ROW_PX = 24;
const HEIGHT_PX = 480;
// Browsers stop at some 17 million px; beyond this the scrollbar is a map of the whole and not to scale.
const MOST_PX = 8_000_000;
const SPARE_ROWS = 20;

/** Draws `total` rows through a window: `read(from, to)` gives them, `draw(row)` draws one. `seek`: `{row}` to show. */
function useWindow(total, read, version, seek) {
  const box = useRef(null);
  const [shown, setShown] = useState({ rows: [], top: 0 });
  const height = Math.min(HEIGHT_PX, total * ROW_PX);
  const full = total * ROW_PX;
  const px = Math.min(full, MOST_PX);
  const firstAt = (top) => (full <= MOST_PX ? top / ROW_PX : (top / (px - height)) * (total - height / ROW_PX));
  const asked = useRef(0);

  const look = async () => {
    const mine = ++asked.current;
    const { scrollTop } = box.current;
    const first = firstAt(scrollTop);
    const from = Math.max(0, Math.floor(first) - SPARE_ROWS);
    const rows = await read(from, Math.ceil(first + height / ROW_PX) + SPARE_ROWS);
    if (mine === asked.current) setShown({ rows, top: scrollTop - (first - from) * ROW_PX });
  };
  const frame = useRef(0);
  const scrolled = () => {
    cancelAnimationFrame(frame.current);
    frame.current = requestAnimationFrame(() => box.current && look());
  };
  const show = (row) => {
    const { scrollTop } = box.current;
    const first = firstAt(scrollTop), last = first + height / ROW_PX - 1;
    if (row >= first && row <= last) return;
    const want = row < first ? row : row - height / ROW_PX + 1;
    box.current.scrollTop = full <= MOST_PX ? want * ROW_PX : (want / (total - height / ROW_PX)) * (px - height);
  };
  useEffect(() => void look(), [total, version]);
  useEffect(() => {
    if (seek) show(seek.row);
  }, [seek, total]);
  return { box, shown, height, px, scrolled, show };
}

export function JsonTree({ doc, about, label, selected, toggle, onSelect }) {
  const name = useId();
  const version = useRef(0);
  const seen = useRef(about);
  if (seen.current !== about) {
    seen.current = about;
    version.current++;
  }
  const view = useWindow(about.rows, (from, to) => doc.call("rows", from, to), version.current, selected.seek ? selected : null);
  const { box, shown, height, px, scrolled, show } = view;
  const at = (row) => shown.rows.find((each) => each.row === row);
  const select = (row, rowPath) => {
    onSelect({ row, path: rowPath });
    show(row);
  };
  const selectRow = async (row) => {
    const [found] = row >= 0 && row < about.rows ? await doc.call("rows", row, row + 1) : [];
    if (found) select(row, found.path);
  };
  const page = Math.floor(height / ROW_PX) - 1;
  const keys = {
    ArrowDown: () => selectRow(selected.row + 1),
    ArrowUp: () => selectRow(selected.row - 1),
    PageDown: () => selectRow(Math.min(about.rows - 1, selected.row + page)),
    PageUp: () => selectRow(Math.max(0, selected.row - page)),
    Home: () => selectRow(0),
    End: () => selectRow(about.rows - 1),
    ArrowRight: (row) => (row?.size && !row.open ? toggle(row.path, true) : row?.open && selectRow(selected.row + 1)),
    ArrowLeft: async (row) => {
      if (row?.open) toggle(row.path, false);
      else if (selected.path.length) selectRow(await doc.call("rowOf", selected.path.slice(0, -1)));
    },
    Enter: (row) => row?.size && toggle(row.path, !row.open),
    " ": (row) => row?.size && toggle(row.path, !row.open),
  };
  const press = async (event) => {
    const act = event.ctrlKey || event.metaKey || event.altKey ? null : keys[event.key];
    if (!act) return;
    event.preventDefault();
    const [row] = at(selected.row) ? [at(selected.row)] : await doc.call("rows", selected.row, selected.row + 1);
    act(row);
  };
  return (
    <div
      ref={box} className="json-window" role="tree" tabIndex={0} aria-label={label} style={{ height }} onScroll={scrolled} onKeyDown={press}
      aria-activedescendant={at(selected.row) ? `${name}${selected.row}` : undefined}
    >
      <div style={{ height: px }} role="presentation">
        <div className="json-rows" role="presentation" style={{ transform: `translateY(${shown.top}px)` }}>
          {shown.rows.map((row) => (
            <div
              key={row.row} id={`${name}${row.row}`} role="treeitem" aria-level={row.depth + 1} aria-posinset={row.place} aria-setsize={row.of}
              aria-expanded={row.size ? row.open : undefined} aria-selected={row.row === selected.row} className="json-row"
              style={{ paddingInlineStart: 12 + row.depth * 18 }}
              onClick={() => {
                if (String(getSelection())) return;
                onSelect({ row: row.row, path: row.path });
                if (row.size) toggle(row.path, !row.open);
              }}
            >
              <i aria-hidden="true">{row.size ? (row.open ? "▾" : "▸") : ""}</i>
              {row.key !== null && <><span className="json-key">{row.key}</span>: </>}
              <span className={`json-${row.kind}`}>{row.text}</span>
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}

export function JsonText({ doc, label }) {
  const [count, setCount] = useState(0);
  useEffect(() => {
    let wanted = true;
    doc.call("lineCount").then((n) => wanted && setCount(n));
    return () => {
      wanted = false;
    };
  }, [doc]);
  if (!count) return <p className="pad dim" aria-busy="true">Writing…</p>;
  return <Lines doc={doc} count={count} label={label} />;
}

function Lines({ doc, count, label }) {
  const read = async (from, to) => (await doc.call("linesOf", from, to)).map((text, i) => ({ row: Math.max(0, from) + i, text }));
  const { box, shown, height, px, scrolled } = useWindow(count, read, 0, null);
  return (
    <div ref={box} className="json-window" role="region" tabIndex={0} aria-label={label} style={{ height }} onScroll={scrolled}>
      <div style={{ height: px }}>
        <div className="json-rows" style={{ transform: `translateY(${shown.top}px)` }}>
          {shown.rows.map(({ row, text }) => <div key={row} className="json-row json-line">{text || " "}</div>)}
        </div>
      </div>
    </div>
  );
}
