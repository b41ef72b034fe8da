// A log of any length, live: a bounded window of real rows, scrolled and selected natively.
// The slider at the right is the scrollbar of the whole log; the server answers ranges.
import { useEffect, useLayoutEffect, useReducer, useRef, useState } from "react";
import { Button } from "antd";
import { subscribe, useTopicName } from "./live.js";
import { BLOCK, LogReader } from "./log_reader.js";
import { Block, lineAtTop } from "./log_rows.jsx";
import { useServer } from "./server.jsx";
import { withServer } from "./server_address.js";
import "./logview.css";

const LONG = 4 * BLOCK; // lines from which the slider stands beside the text
const SHORT = 20; // lines
const NARROW_PX = 600;
const WRAP_KEY = "ratchet.log.wrap";
const ANCHORING = typeof CSS !== "undefined" && CSS.supports("overflow-anchor", "auto");

const number = new Intl.NumberFormat("en");
const counted = (n) => `${number.format(n)} ${n === 1 ? "line" : "lines"}`;

/** The log behind `path` on the page's server; `of` names its live lines. Another log gets a fresh view. */
export function LogView({ src: path, topic: of, height = 480, label = "Log" }) {
  const src = withServer(path, useServer());
  const topic = useTopicName(of);
  return src ? <Log key={`${src} ${topic}`} {...{ src, topic, height, label }} /> : <Frame {...{ height, label }}><Skeleton /></Frame>;
}

function Log({ src, topic, height, label }) {
  const box = useRef(null);
  const slider = useRef(null);
  const readout = useRef(null);
  const lastTop = useRef(0); // where the box was scrolled to when somebody last looked
  const reader = useReader(src, topic, box, lastTop);
  const [mark, pick] = useMark(reader);
  const [wrap, turnWrap] = useWrap(reader, box);
  const moved = useMovement(reader, box, lastTop, showPosition);
  const long = reader.total > LONG;
  const short = reader.done && reader.total <= SHORT; // a finished log of a few lines needs no tall box
  const state = reader.failure || (reader.opened && reader.stale) ? "offline" : reader.opened ? "ready" : "loading";

  // Changes with every frame of scrolling: written to the page directly, not through React.
  function showPosition(line) {
    const at = reader.follow ? reader.total : line;
    const words = `Line ${number.format(at)} of ${number.format(reader.total)}`;
    const known = reader.follow || reader.total < 2 ? counted(reader.total) : words;
    readout.current.textContent = reader.opened ? known : "";
    if (!slider.current) return;
    slider.current.max = Math.max(1, reader.total);
    slider.current.value = at;
    slider.current.setAttribute("aria-valuetext", words);
  }

  const bar = <Bar {...{ reader, readout, wrap, turnWrap, long }} lost={state === "offline" && reader.opened} />;
  return (
    <Frame height={short ? "auto" : height} label={label} bar={bar} facts={factsOf(reader, state)}>
      <div
        ref={box} className="log-box" role="region" aria-label={`${label} output`} tabIndex={0}
        data-wrap={wrap || undefined} data-long={long || undefined}
        style={{ "--log-digits": `${Math.max(3, String(reader.total).length)}ch` }}
        onScroll={moved} onWheel={(event) => event.deltaY < 0 && reader.pause()}
        onKeyDown={(event) => press(event, reader, turnWrap)} onClick={pick} onCopy={copy}
      >
        <div className="log-lines">
          {reader.blocks.map(({ first, lines }) => (
            <Block key={first} first={first} lines={lines} origin={reader.origin} from={mark[0]} to={mark[1]} />
          ))}
        </div>
        {state === "loading" && <Skeleton />}
        {state === "ready" && !reader.total && <Nothing done={reader.done} />}
        {state === "offline" && !reader.opened && <Unreadable why={reader.failure} onRetry={() => reader.tryAgain()} />}
      </div>
      {long && <Slider slider={slider} onMove={(line) => reader.jump(line, "start")} onShow={showPosition} />}
    </Frame>
  );
}

/** What tests and style sheets can read off the viewer. */
const factsOf = (reader, state) => ({
  "data-state": state,
  "data-total": reader.total,
  "data-first": reader.first + 1,
  "data-last": reader.end,
  "data-follow": reader.follow || undefined,
  "data-done": reader.done || undefined,
});

function Bar({ reader, readout, wrap, turnWrap, long, lost }) {
  const turnFollow = () => (reader.follow ? reader.pause() : reader.tail());
  return (
    <>
      <span className="log-readout" ref={readout} />
      <span className="log-trouble" role="status">{lost ? "Connection lost, retrying" : ""}</span>
      <Button type="text" size="small" aria-pressed={wrap} onClick={turnWrap}>Wrap</Button>
      {long && reader.done && <Button type="text" size="small" onClick={() => reader.jump(1, "start")}>Start</Button>}
      {long && reader.done && <Button type="text" size="small" onClick={() => reader.tail()}>End</Button>}
      {reader.opened && !reader.done && (
        <Button type="text" size="small" aria-pressed={reader.follow} onClick={turnFollow}>{reader.follow ? "Following" : "Follow"}</Button>
      )}
    </>
  );
}

function press(event, reader, turnWrap) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (["ArrowUp", "PageUp"].includes(event.key)) reader.pause();
  const act = {
    Home: () => reader.jump(1, "start"),
    End: () => reader.tail(),
    w: turnWrap,
    f: () => !reader.done && (reader.follow ? reader.pause() : reader.tail()),
  }[event.key];
  if (!act) return;
  event.preventDefault();
  event.stopPropagation();
  act();
}

/** The marked lines, `[from, to]`, as the address has them, and what a click on a line number does. */
function useMark(reader) {
  const [mark, setMark] = useState(linkedLines);
  useEffect(() => {
    const followLink = () => {
      const [from, to] = linkedLines();
      setMark([from, to]);
      if (from) reader.jump(from);
    };
    window.addEventListener("hashchange", followLink);
    return () => window.removeEventListener("hashchange", followLink);
  }, [reader]);

  function pick(event) {
    const link = event.target.closest(".log-number");
    if (!link) return;
    event.preventDefault();
    const line = Number(link.parentNode.dataset.n);
    const [from, to] = event.shiftKey && mark[0] ? [Math.min(mark[0], line), Math.max(mark[0], line)] : [line, line];
    setMark([from, to]);
    history.replaceState(history.state, "", from === to ? `#L${from}` : `#L${from}-L${to}`);
  }
  return [mark, pick];
}

/** Whether long lines wrap: remembered, else only where there is little room. */
function useWrap(reader, box) {
  const [wrap, setWrap] = useState(() => {
    const kept = localStorage.getItem(WRAP_KEY);
    return kept === null ? window.innerWidth < NARROW_PX : kept === "1";
  });
  function turn() {
    if (!reader.follow) reader.place = { line: lineAtTop(box.current) || 1, at: "start" };
    localStorage.setItem(WRAP_KEY, wrap ? "0" : "1");
    setWrap(!wrap);
  }
  return [wrap, turn];
}

/** The reader of this log, open and fed by the live store; each of its changes draws again. */
function useReader(src, topic, box, lastTop) {
  const [, draw] = useReducer((n) => n + 1, 0);
  const fromBottom = useRef(0);
  const [reader] = useState(() => new LogReader(src, { changed: draw, prepending: remember }));

  function remember() {
    const element = box.current;
    // Browsers without scroll anchoring, and every browser at the very top, would show the new lines instead.
    if (!ANCHORING || element.scrollTop < 1) fromBottom.current = element.scrollHeight - element.scrollTop;
  }

  useEffect(() => {
    const stop = subscribe(topic, (message) => reader.receive(message));
    const online = () => reader.failure && reader.tryAgain();
    window.addEventListener("online", online);
    reader.open(linkedLines()[0]);
    return () => {
      stop();
      window.removeEventListener("online", online);
      reader.close();
    };
  }, [reader, topic]);

  useLayoutEffect(() => {
    const element = box.current;
    if (fromBottom.current) element.scrollTop = element.scrollHeight - fromBottom.current;
    fromBottom.current = 0;
    if (reader.follow) element.scrollTop = element.scrollHeight;
    if (reader.place) bring(element, reader.place, lastTop);
    reader.place = null;
  });
  return reader;
}

/** Scroll inside the box only: `scrollIntoView` would move the page as well. */
function bring(box, { line, at }, lastTop) {
  const row = box.querySelector(`[data-n="${line}"]`);
  if (!row) return;
  const put = () => {
    const room = at === "center" ? (box.clientHeight - row.offsetHeight) / 2 : 0;
    box.scrollTop += row.getBoundingClientRect().top - box.getBoundingClientRect().top - room;
    lastTop.current = box.scrollTop; // being brought to the end is no wish to follow
  };
  put();
  requestAnimationFrame(put); // rows above were estimated until they were drawn
}

/** What scrolling means: more lines near an edge, pause upwards, follow again at the end. */
function useMovement(reader, box, lastTop, showPosition) {
  const waiting = useRef(false);

  function look() {
    waiting.current = false;
    const element = box.current;
    if (!element) return;
    const { scrollTop, scrollHeight, clientHeight } = element;
    const below = scrollHeight - scrollTop - clientHeight;
    if (scrollTop < 3 * clientHeight) reader.extend(true);
    if (below < 3 * clientHeight) reader.extend(false);
    if (reader.follow && scrollTop < lastTop.current - 2 && below > 40) reader.pause();
    else if (!reader.follow && !reader.done && below < 2 && reader.end >= reader.total && scrollTop > lastTop.current) reader.tail();
    lastTop.current = scrollTop;
    showPosition(lineAtTop(element));
  }

  function moved() {
    if (waiting.current) return;
    waiting.current = true;
    requestAnimationFrame(look);
  }
  useEffect(moved); // lines came or went: an edge may be near although nobody scrolled
  return moved;
}

/** Copied rows as lines of text, `time<tab>level<tab>text`; the browser would put each column on its own line. */
function copy(event) {
  const picked = getSelection().getRangeAt(0).cloneContents();
  picked.querySelectorAll(".log-number").forEach((link) => link.remove());
  const rows = [...picked.querySelectorAll(".log-row")];
  const text = rows.length ? rows.map((row) => row.textContent).join("\n") : picked.textContent;
  event.clipboardData.setData("text/plain", text);
  event.preventDefault();
}

function Slider({ slider, onMove, onShow }) {
  const timer = useRef(0);
  const move = (event) => {
    const line = Number(event.target.value);
    onShow(line);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onMove(line), 40);
  };
  return (
    <input
      ref={slider} className="log-slider" type="range" min={1} defaultValue={1}
      aria-label="Position in the log" aria-orientation="vertical" onChange={move}
    />
  );
}

function Frame({ height, label, bar, facts, children }) {
  return (
    <section className="log" aria-label={label} {...facts}>
      <div className="log-bar">{bar}</div>
      <div className="log-main" style={{ height }}>{children}</div>
    </section>
  );
}

function Skeleton() {
  return (
    <div className="log-skeleton" role="status" aria-label="Loading the log">
      {[62, 48, 71, 35, 54, 66, 41].map((width, i) => <i key={i} style={{ width: `${width}%` }} />)}
    </div>
  );
}

function Nothing({ done }) {
  return (
    <div className="log-empty">
      <strong>{done ? "This run printed nothing" : "No log lines yet"}</strong>
      <span>{done ? "console.log in the task would show here." : "They appear here as the task prints them."}</span>
    </div>
  );
}

function Unreadable({ why, onRetry }) {
  return (
    <div className="log-empty" role="alert">
      <strong>The log cannot be shown</strong>
      <span>{why}. Trying again by itself.</span>
      <Button size="small" onClick={onRetry}>Retry now</Button>
    </div>
  );
}

/** The lines that the address points at: `#L9` or `#L9-L20`; zeros when it does not. */
function linkedLines() {
  const match = /^#L(\d+)(?:-L?(\d+))?$/.exec(location.hash);
  if (!match) return [0, 0];
  const [from, to] = [Number(match[1]), Number(match[2] ?? match[1])];
  return [Math.min(from, to), Math.max(from, to)];
}
