// The canvases of the timeline: the load above, a lane for each schedule below. Drag or arrow keys move, wheel with
// ctrl, two fingers or + and - zoom, n and p step through the runs, a click opens.
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { useColorMode } from "./colour_mode.js";
import { inWords } from "./durations.js";
import { held } from "./leaving.js";
import { PageLink, useServer } from "./server.jsx";
import { withServer } from "./server_address.js";
import { cellAt, inBucket, within, wordsOf } from "./timeline_cells.js";
import { AXIS_PX, LOAD_PX, cleared, coloursOf, drawLanes, drawLoad, scaleOf } from "./timeline_draw.js";
import { usePointers } from "./timeline_pointers.js";
import { beginOf, lengthOf, panned, said, zoomed } from "./timeline_time.js";

const WIDE = { lanePx: 30, head: 0, left: 200 };
// On a phone the name stands above its runs.
const NARROW = { lanePx: 50, head: 20, left: 0 };
const NARROW_PX = 620;
const SETTLED_MS = 150;
const present = () => Date.now() / 1000;

/** `move(view)` is called when a change by hand has come to rest. */
export function Lanes({ shown, view, move, picked, pick }) {
  const [box, head, body, canvas] = [useRef(null), useRef(null), useRef(null), useRef(null)];
  const live = useRef(null); // what is in view right now
  const frame = useRef(0);
  const rest = useRef(0);
  const [size, setSize] = useState({ width: 0, height: 0 });
  const [focus, setFocus] = useState(null); // {lane, row, cell}
  const [tip, setTip] = useState(null);
  const [told, setTold] = useState("");
  const mode = useColorMode();
  const open = useOpen();
  const shape = size.width && size.width < NARROW_PX ? NARROW : WIDE;
  const { lanes } = shown;

  // A range that is chosen, or Back, goes before a move by hand that has not come to rest.
  const seen = useRef(view);
  if (seen.current !== view) {
    seen.current = view;
    clearTimeout(rest.current);
    rest.current = 0;
  }
  if (!rest.current) live.current = view;
  const drawn = useRef(null);
  drawn.current = { shown, shape, size, focus: sameCell(lanes, focus), picked: placeOf(shown, picked) };

  const draw = useCallback(() => {
    frame.current = 0;
    const { shown: now, shape: { left, lanePx, head: room }, size: { width, height }, focus: ringed, picked: place } = drawn.current;
    if (!width || !canvas.current) return;
    const colours = coloursOf(box.current);
    const at = present();
    const scale = scaleOf({ from: beginOf(live.current, at), span: live.current.span }, left, width, at);
    drawLoad(cleared(head.current, width, LOAD_PX + AXIS_PX), now, scale, colours, place);
    drawLanes(cleared(canvas.current, width, height), now.lanes, scale, colours, { scrolled: body.current.scrollTop, height, lanePx, head: room, focus: ringed });
  }, []);
  const paint = useCallback(() => {
    frame.current ||= requestAnimationFrame(draw);
  }, [draw]);
  useLayoutEffect(() => {
    const measure = () => body.current && setSize({ width: body.current.clientWidth, height: body.current.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(body.current);
    return () => observer.disconnect();
  }, []);
  useEffect(paint, [paint, shown, view, size, focus, picked, mode, shape]);
  useEffect(() => {
    const timer = setInterval(paint, 1000);
    return () => {
      clearInterval(timer);
      clearTimeout(rest.current);
      cancelAnimationFrame(frame.current);
    };
  }, [paint]);

  const scale = () => scaleOf({ from: beginOf(live.current, present()), span: live.current.span }, shape.left, size.width, present());
  const set = (next) => {
    live.current = { ...live.current, ...next };
    setTip(null);
    paint();
    clearTimeout(rest.current);
    rest.current = setTimeout(() => {
      rest.current = 0;
      move({ from: live.current.from, span: live.current.span });
    }, SETTLED_MS);
  };
  const moves = {
    pan: (px) => set(panned(scale(), px / scale().perSecond)),
    // Around the middle, what follows the present goes on to.
    zoom: (factor, x) => {
      const next = zoomed(scale(), factor, scale().at(x ?? shape.left + (size.width - shape.left) / 2));
      set(x == null && live.current.from == null ? { ...next, from: null } : next);
    },
  };
  const find = (x, y) => {
    const lane = lanes[Math.floor((y + body.current.scrollTop) / shape.lanePx)];
    const { from, perSecond } = scale();
    const cell = lane && x >= shape.left && cellAt(lane, x - shape.left, from, perSecond);
    return cell ? { lane, row: lanes.indexOf(lane), cell } : null;
  };
  const enter = (found) => {
    if (!found) return;
    const { lane, cell } = found;
    if (cell.job) open(`/jobs/${cell.job}`);
    else if (cell.n === 1 || shown.bucket <= 1) open(`/schedules/${lane.id}`);
    else set({ span: Math.max(60, shown.bucket * 4), from: cell.from - shown.bucket * 1.5 });
  };
  const pointers = usePointers(canvas, moves, {
    press: (x, y) => enter(find(x, y)),
    point: (x, y) => {
      const found = find(x, y);
      setTip(found && { x, y, text: wordsOf(found, said, inWords), flip: x > size.width / 2 });
    },
    leave: () => setTip(null),
  });
  const above = usePointers(head, moves, {
    press: (x) => pick(shown.start + Math.floor((scale().at(x) - shown.start) / shown.bucket) * shown.bucket),
    point: (x) => {
      const place = placeOf(shown, scale().at(x));
      setTip(place == null || x < shape.left ? null : { x, y: -AXIS_PX, text: loadWords(shown, place), flip: x > size.width / 2 });
    },
    leave: () => setTip(null),
  });
  const step = (by) => {
    const { from, span } = scale();
    const all = within(lanes, from, from + span);
    const before = focus ? all.findIndex(({ lane, cell }) => lane.id === focus.lane.id && isSame(cell, focus.cell)) : -1;
    const next = before < 0 ? (by > 0 ? all[0] : all.at(-1)) : all[before + by];
    if (!next) return setTold(by > 0 ? "No later run in view" : "No earlier run in view");
    setFocus(next);
    setTold(wordsOf(next, said, inWords));
    const { scrollTop, clientHeight } = body.current;
    const top = next.row * shape.lanePx;
    if (top < scrollTop || top + shape.lanePx > scrollTop + clientHeight) body.current.scrollTop = top - clientHeight / 2;
  };
  const keys = {
    ArrowLeft: () => moves.pan(-(size.width - shape.left) / 8),
    ArrowRight: () => moves.pan((size.width - shape.left) / 8),
    "+": () => moves.zoom(0.7),
    "=": () => moves.zoom(0.7),
    "-": () => moves.zoom(1 / 0.7),
    Home: () => set({ from: null }),
    n: () => step(1),
    p: () => step(-1),
    Enter: () => enter(focus),
    l: () => pick(shown.start + shown.bucket * (focus?.cell.place >= 0 ? focus.cell.place : placeOf(shown, present()) ?? 0)),
    Escape: () => setFocus(null),
  };
  const press = (event) => {
    const act = event.ctrlKey || event.metaKey || event.altKey ? null : keys[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  const high = lanes.length * shape.lanePx;
  return (
    <div className="timeline" ref={box} data-bucket={shown.bucket} data-narrow={shape === NARROW || undefined}>
      <div className="load">
        {shape.left > 0 && <span className="load-name" style={{ width: shape.left }}>Runs per {lengthOf(shown.bucket)}</span>}
        <canvas ref={head} role="img" aria-label={loadLabel(shown)} style={{ height: LOAD_PX + AXIS_PX }} {...above} />
      </div>
      <div className="lanes" ref={body} onScroll={paint} style={{ height: `min(${high}px, max(220px, 100vh - 380px))` }}>
        <canvas
          ref={canvas} role="application" tabIndex={0} style={{ height: size.height }} onKeyDown={press} {...pointers}
          aria-label={`Runs of ${lanes.length} schedules over time. Arrow keys move, plus and minus zoom, n and p step through the runs, Enter opens one, l lists what is due with it, Home goes to the present.`}
        />
        <ul style={{ height: high, marginTop: -size.height }} aria-label="Schedules">
          {lanes.map((lane) => (
            <li key={lane.id} style={{ height: shape.lanePx, width: shape.left || undefined }}>
              <PageLink to={`/schedules/${lane.id}`} title={`${lane.name}: ${lane.when} (${lane.zone})`}>{lane.name}</PageLink>
              {!lane.enabled && <span className="dim"> off</span>}
              {!lane.understood && <span className="warned" title="Its expression is not understood here: when it is due is not known"> ?</span>}
            </li>
          ))}
        </ul>
        {tip && <div className="timeline-tip" style={{ top: tip.y + body.current.scrollTop + 14, ...(tip.flip ? { right: size.width - tip.x + 8 } : { left: tip.x + 12 }) }}>{tip.text}</div>}
      </div>
      <div role="status" className="visually-hidden">{told}</div>
    </div>
  );
}

/** A function that opens a page of the same server. */
function useOpen() {
  const navigate = useNavigate();
  const server = useServer();
  return (to) => held() || navigate(withServer(to, server));
}

/** The cell of the newest answer that is the one which was stepped to. */
function sameCell(lanes, focus) {
  const lane = focus && lanes.find(({ id }) => id === focus.lane.id);
  return lane?.cells.find((cell) => isSame(cell, focus.cell));
}

const isSame = (a, b) => a.from === b.from && a.coming === b.coming;

/** The number of the bucket in which an instant lies; null where none is known. */
function placeOf({ start, bucket, load }, at) {
  const place = at == null ? -1 : Math.floor((at - start) / bucket);
  return load[place] ? place : null;
}

function loadWords({ lanes, load, start, bucket }, place) {
  const { ran, failed, due, who, busy } = load[place];
  const parts = [ran && `${ran.toLocaleString("en")} ran`, failed && `${failed.toLocaleString("en")} failed`, due && `${due.toLocaleString("en")} due`].filter(Boolean);
  const from = start + place * bucket;
  if (!parts.length) return `${said(from)} – ${said(from + bucket)}: nothing`;
  const most = busy ? ` Many at once: ${inBucket(lanes, place).slice(0, 3).map(({ lane }) => lane.name).join(", ")}${who > 3 ? ", …" : ""}` : "";
  return `${said(from)} – ${said(from + bucket)}: ${parts.join(", ")}, of ${who} ${who === 1 ? "schedule" : "schedules"}.${most}`;
}

function loadLabel({ load }) {
  const sum = (of) => load.reduce((all, each) => all + of(each), 0).toLocaleString("en");
  return `Load over time: ${sum((each) => each.ran)} past and ${sum((each) => each.due)} coming runs in and around what is in view. A press lists those of one stretch.`;
}
