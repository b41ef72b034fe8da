// A log of any length, live: a bounded window of real rows, scrolled and selected natively.
// The slider at the right is the scrollbar of the whole log; the server answers ranges and searches.
import { useEffect, useLayoutEffect, useReducer, useRef, useState } from "react";
import { copied } from "./clipboard.js";
import { counted, GoTo, Levels, Menu, Search } from "./log_bar.jsx";
import { address, addressed, leave, leftAt, linkedLines, linkLines, linkTo, useReading } from "./log_choices.js";
import { useHighlight } from "./log_highlight.js";
import { Announcer, useLevelCounts } from "./log_live.jsx";
import { bring, inView, useMovement } from "./log_moves.js";
import { Frame, Nothing, Skeleton, Slider, Unreadable } from "./log_parts.jsx";
import { ask, BLOCK, LogReader } from "./log_reader.js";
import { Block, copy, lineAtTop, tellTime } from "./log_rows.jsx";
import { LogSearch } from "./log_search.js";
import { subscribe, useLive, useTopicName } from "./live.js";
import { useServer } from "./server.jsx";
import { withServer } from "./server_address.js";
import "./logview.css";

const LONG = 4 * BLOCK; // lines from which the slider stands beside the text
const SHORT = 20; // lines
const AGO_MS = 15_000; // how often "12 s ago" is put right
const ANCHORING = typeof CSS !== "undefined" && CSS.supports("overflow-anchor", "auto");

const number = new Intl.NumberFormat("en");

/** The log behind `path` on the page's server; `of` names its live lines; `unbegun`: it was cancelled before. Another log gets a fresh view. */
export function LogView({ src: path, topic: of, height = 480, label = "Log", unbegun = false }) {
  const src = withServer(path, useServer());
  const topic = useTopicName(of);
  return src ? <Log key={`${src} ${topic}`} {...{ src, topic, height, label, unbegun }} /> : <Frame {...{ height, label }}><Skeleton /></Frame>;
}

function Log({ src, topic, height, label, unbegun }) {
  const box = useRef(null);
  const slider = useRef(null);
  const readout = useRef(null);
  const field = useRef(null);
  const lastTop = useRef(0); // where the box was scrolled to when somebody last looked
  const able = !useLive("link").about.cannot?.log_search; // to search and to filter
  const reader = useReader(src, topic, box, lastTop);
  const [mark, pick, point] = useMark(reader);
  const reading = useReading();
  const now = useNow(reading.times === "ago");
  const moved = useMovement(reader, box, lastTop, showPosition);
  const top = () => lineAtTop(box.current) || 1;
  const [search, finding] = useSearch(src, reader, top);
  const counts = useLevelCounts(src, reader, able);
  const [asking, setAsking] = useState(false); // for a line or a time to go to
  const [told, tell] = useState(""); // what a press on a button came to
  useHighlight(box, search.query, reader.blocks);
  const long = reader.total > LONG;
  const short = reader.done && reader.total <= SHORT; // a finished log of a few lines needs no tall box
  const state = reader.failure || (reader.opened && reader.stale) ? "offline" : reader.opened ? "ready" : "loading";

  // Changes with every frame of scrolling: written to the page directly, not through React.
  function showPosition(line) {
    const at = reader.follow ? reader.total : line;
    const words = `Line ${number.format(at)} of ${number.format(reader.total)}`;
    const known = reader.follow || reader.total < 2 ? counted(reader.total, "line") : words;
    readout.current.textContent = reader.opened ? known : "";
    if (!slider.current) return;
    slider.current.max = Math.max(1, reader.total);
    slider.current.value = at;
    slider.current.setAttribute("aria-valuetext", words);
  }

  const verbs = {
    wrap() {
      if (!reader.follow) reader.place = { line: top(), at: "start" };
      reading.turnWrap();
    },
    follow: () => (reader.follow ? reader.pause() : reader.tail()),
    async error(back) {
      const from = mark[0] && inView(box.current, mark[0]) ? mark[0] : back ? top() : top() - 1;
      const line = await reader.error(from, back).catch((error) => tell(error.message));
      if (line === undefined) return;
      tell(line ? `Error in line ${number.format(line)}` : "No errors");
      if (line) point(line);
    },
    level(level) {
      address({ level });
      reader.filter(level, top());
      finding.again();
    },
    async go({ line, ms }) {
      try {
        const found = line ?? (await reader.lineAt(ms));
        if (!found) return "Nothing was printed from that time on";
        if (found > reader.total) return `The log has ${counted(reader.total, "line")}`;
        point(Math.max(1, found));
        return "";
      } catch (error) {
        return error.message;
      }
    },
    copyLink(from = top(), to = from) {
      const href = linkTo(from, to);
      copied(() => href).then((done) => tell(done ? "Link copied" : "The link could not be copied"));
    },
    ask: () => setAsking(true),
    asked() {
      setAsking(false);
      box.current?.focus();
    },
    find: () => field.current?.focus(),
  };

  const bar = (
    <>
      {able && <Levels level={reader.level} counts={counts} onChoose={verbs.level} />}
      {able && (
        <Search
          field={field} search={search} total={reader.total} initial={finding.initial} onSearch={finding.start}
          onStep={finding.step} onLeave={() => box.current.focus()}
        />
      )}
      <div className="log-tools">
        <span className="log-readout" ref={readout} />
        <span className="log-trouble" role="status">{state === "offline" && reader.opened ? "Connection lost, retrying" : ""}</span>
        {able && counts?.error > 0 && <button type="button" className="plain log-button log-error" onClick={() => verbs.error(false)}>Next error</button>}
        <button type="button" className="plain log-button log-wide" aria-pressed={reading.wrap} onClick={verbs.wrap}>Wrap</button>
        {long && reader.done && <button type="button" className="plain log-button log-wide" onClick={() => reader.jump(1, "start")}>Start</button>}
        {long && reader.done && <button type="button" className="plain log-button log-wide" onClick={() => reader.tail()}>End</button>}
        {reader.opened && !reader.done && (
          <button type="button" className="plain log-button" aria-pressed={reader.follow} onClick={verbs.follow}>{reader.follow ? "Following" : "Follow"}</button>
        )}
        <Menu
          reading={reading} src={src} canSearch={able} errors={counts?.error} onWrap={verbs.wrap} onGo={verbs.ask}
          onError={verbs.error} mark={mark} onCopyLink={verbs.copyLink}
        />
      </div>
      {asking && <GoTo origin={reader.origin} onGo={verbs.go} onClose={verbs.asked} />}
    </>
  );
  return (
    <Frame height={short ? "auto" : height} label={label} bar={bar} facts={factsOf(reader, state)} onKeyDown={(event) => pressBeside(event, reader, verbs, able && finding)}>
      <div
        ref={box} className="log-box" role="region" aria-label={`${label} output`} tabIndex={0}
        data-wrap={reading.wrap || undefined} data-level={reader.level || undefined} data-long={long || undefined}
        style={{ "--log-digits": `${Math.max(3, String(reader.total).length)}ch` }}
        onScroll={moved} onMouseOver={tellTime} onWheel={(event) => event.deltaY < 0 && reader.pause()}
        onKeyDown={(event) => press(event, reader, verbs, able && finding)} onClick={(event) => pick(event) || unfold(event, src, reader)} onCopy={copy}
      >
        <div className="log-lines">
          {reader.blocks.map(({ first, lines }) => (
            <Block
              key={first} first={first} lines={lines} origin={reader.origin} times={reading.times} now={now}
              {...overlap(lines, mark)} found={within(lines, search.at)}
            />
          ))}
        </div>
        {state === "loading" && <Skeleton />}
        {state === "ready" && !reader.blocks.length && <Nothing reader={reader} unbegun={unbegun} onAll={() => verbs.level("")} />}
        {state === "offline" && !reader.opened && <Unreadable why={reader.failure} onRetry={() => reader.tryAgain()} />}
      </div>
      {reader.fresh > 0 && (
        <button type="button" className="plain log-new" onClick={() => reader.tail()}>↓ {counted(reader.fresh, "new line")}</button>
      )}
      {long && <Slider slider={slider} onMove={(line) => reader.jump(line, "start")} onShow={showPosition} />}
      <Announcer reader={reader} />
      <p className="visually-hidden" role="status">{told}</p>
    </Frame>
  );
}

/** What tests and style sheets can read off the viewer. */
const factsOf = (reader, state) => ({
  "data-state": state,
  "data-total": reader.total,
  "data-first": reader.low + 1,
  "data-last": reader.high,
  "data-follow": reader.follow || undefined,
  "data-done": reader.done || undefined,
});

/** The marked lines, if some of them are among these. */
const overlap = (lines, [from, to]) => (from <= lines.at(-1).seq && to >= lines[0].seq ? { from, to } : { from: 0, to: 0 });

/** The line of the search, if it is one of these: all other lines need not be drawn again. */
const within = (lines, at) => (at >= lines[0].seq && at <= lines.at(-1).seq ? at : 0);

/** A button of the log has the focus: its letters are those of the log, not of the page. */
function pressBeside(event, reader, verbs, finding) {
  if (event.key.length === 1 && !event.target.closest("input, select, textarea, [popover]")) press(event, reader, verbs, finding);
}

function press(event, reader, verbs, finding) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (["ArrowUp", "PageUp"].includes(event.key)) reader.pause();
  const act = {
    Home: () => reader.jump(1, "start"),
    End: () => reader.tail(),
    w: verbs.wrap,
    f: () => !reader.done && verbs.follow(),
    g: verbs.ask,
    ...(finding && {
      "/": verbs.find,
      n: () => finding.step(false),
      N: () => finding.step(true),
      e: () => verbs.error(false),
      E: () => verbs.error(true),
    }),
  }[event.key];
  if (!act) return;
  event.preventDefault();
  event.stopPropagation();
  act();
}

/** The whole of a long line, in the place of its beginning. */
async function unfold(event, src, reader) {
  const line = Number(event.target.dataset?.rest);
  if (!line) return;
  const found = await ask(src, "", { from: line - 1, n: 1, whole: 1 }).catch(() => null);
  if (found?.lines.length) reader.put(found.lines[0]);
}

/** The search, and what the field for it does. It begins again where it was, as the address has it. */
function useSearch(src, reader, top) {
  const [, draw] = useReducer((n) => n + 1, 0);
  const [initial] = useState(addressed);
  const anchor = useRef(0); // the line that was at the top when the search began
  const given = useRef(initial);
  const [search] = useState(() => new LogSearch(src, draw));
  const go = async (line, back) => {
    const hit = await search.step(line, back);
    if (hit) reader.jump(hit);
  };
  const verbs = {
    initial,
    start(next) {
      const begun = Boolean(search.query);
      given.current = next;
      address({ find: next.find, regex: Boolean(next.find) && next.regex });
      search.start(next.find, next.regex, reader.level);
      if (!begun) anchor.current = top();
      if (next.find) go(anchor.current - 1, false);
    },
    step(back) {
      if (search.query) go(search.at || (back ? top() : top() - 1), back);
    },
    /** Among other lines. */
    again: () => search.query && search.start(given.current.find, given.current.regex, reader.level),
  };
  useEffect(() => {
    if (initial.find) search.start(initial.find, initial.regex, reader.level);
    return () => search.close();
  }, [search]);
  useEffect(() => search.grow(reader.total));
  return [search, verbs];
}

/** The time that "12 s ago" is counted from. */
function useNow(wanted) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!wanted) return undefined;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), AGO_MS);
    return () => clearInterval(timer);
  }, [wanted]);
  return wanted ? now : 0;
}

/** The marked lines, `[from, to]`, as the address has them; what a click on a number does; a way to mark one and go there. */
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

  function choose(from, to) {
    setMark([from, to]);
    linkLines(from, to);
  }
  function pick(event) {
    const link = event.target.closest(".log-number");
    if (!link) return false;
    event.preventDefault();
    const line = Number(link.parentNode.dataset.n);
    if (event.shiftKey && mark[0]) choose(Math.min(mark[0], line), Math.max(mark[0], line));
    else choose(line, line);
    return true;
  }
  function point(line) {
    choose(line, line);
    reader.jump(line);
  }
  return [mark, pick, point];
}

/** The reader of this log, open and fed by the live store; each of its changes draws again. */
function useReader(src, topic, box, lastTop) {
  const [, draw] = useReducer((n) => n + 1, 0);
  const fromBottom = useRef(0);
  const frame = useRef(0);
  const [reader] = useState(
    () => new LogReader(src, { changed: draw, arrived: drawSoon, prepending: remember, level: addressed().level }),
  );

  /** Once a frame: messages may come faster, and a tab that nobody sees has no frames. */
  function drawSoon() {
    frame.current ||= requestAnimationFrame(() => {
      frame.current = 0;
      draw();
    });
  }

  function remember() {
    const element = box.current;
    // Browsers without scroll anchoring, and every browser at the very top, would show the new lines instead.
    if (!ANCHORING || element.scrollTop < 1) fromBottom.current = element.scrollHeight - element.scrollTop;
  }

  useEffect(() => {
    const stop = subscribe(topic, (message) => reader.receive(message));
    const online = () => reader.failure && reader.tryAgain();
    window.addEventListener("online", online);
    reader.open(linkedLines()[0], leftAt(src));
    return () => {
      if (reader.opened) leave(src, reader.left());
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
