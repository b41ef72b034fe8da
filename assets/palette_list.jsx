// What the palette offers for what was typed: commands and pages at once, rows as soon as the server has told them.
import { useEffect, useMemo, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { fetch, pathOf, rooted } from "./base.js";
import { areOn, turn } from "./keys.js";
import { useLive } from "./live.js";
import { ofFrame, ofPage, sections } from "./palette_commands.js";
import { arranged, isId } from "./palette_rank.js";
import { useServer } from "./server.jsx";
import { withServer } from "./server_address.js";
import { showKeys } from "./keys_frame.jsx";
import { shownOf } from "./visited.js";

const PATH = "/console/search";
const TYPING_MS = 180;
const ONE = { tasks: "Task", executions: "Execution", jobs: "Job", schedules: "Schedule" };
const PAGES = [
  { label: "Queue", href: "/jobs/queue" },
  { label: "Timeline of schedules", href: "/schedules/timeline" },
  { label: "New task", href: "/tasks/new", may: "edit_task" },
  { label: "New job", href: "/jobs/new", may: "run_task" },
  { label: "New schedule", href: "/schedules/new", may: "edit_schedule" },
];

const page = (each) => ({ id: each.href, ...each });

/** The commands of the page, also of what of it is drawn only now. */
function usePageCommands() {
  const [commands, setCommands] = useState(ofPage);
  useEffect(() => {
    let frame = 0;
    const look = () => {
      frame = 0;
      const now = ofPage();
      const ids = (list) => list.map((each) => each.id).join("\n");
      setCommands((before) => (ids(before) === ids(now) ? before : now));
    };
    const observer = new MutationObserver(() => (frame ||= requestAnimationFrame(look)));
    observer.observe(document.getElementById("main"), { childList: true, subtree: true, attributes: true, attributeFilter: ["disabled"] });
    look();
    return () => {
      observer.disconnect();
      cancelAnimationFrame(frame);
    };
  }, []);
  return commands;
}

/** What is known without the server. */
function useOwn(server, about, visited) {
  const ofThisPage = usePageCommands();
  return useMemo(() => {
    const recent = visited(server, pathOf(location)).map((each) => page(shownOf(each)));
    const pages = [...sections(), ...PAGES.filter(({ may }) => !may || (about.may?.includes(may) ?? true))].map(page);
    const on = areOn();
    const keys = [
      { id: "keys", label: "Keys on this page", key: "?", run: showKeys },
      { id: "turn keys", label: on ? "Turn single keys off" : "Turn single keys on", run: () => turn(!on) },
    ];
    const here = pages.filter(({ href }) => href !== pathOf(location));
    return [
      { label: "Recently visited", items: recent.slice(0, 5) },
      { label: "On this page", items: ofThisPage },
      { label: "Go to", items: here },
      { label: "Console", items: [...ofFrame(), ...keys] },
    ];
  }, [ofThisPage, about.may]);
}

function furtherOf(text, about) {
  if (!text) return [];
  const q = encodeURIComponent(text);
  const said = `“${text.length > 40 ? `${text.slice(0, 40)}…` : text}”`;
  const payloads = about.cannot?.payload_search ? [] : [
    page({ href: `/executions?input=${q}`, label: `Executions with ${said} in their input` }),
    page({ href: `/executions?output=${q}`, label: `Executions with ${said} in their output` }),
  ];
  return [
    page({ href: `/tasks?q=${q}`, label: `Tasks with ${said} in their name` }),
    page({ href: `/schedules?q=${q}`, label: `Schedules with ${said} in their name` }),
    page({ href: `/failures?q=${q}`, label: `Failures with ${said} in their error` }),
    page({ href: `/executions?text=${q}`, label: `Executions with ${said} in their error` }),
    page({ href: `/jobs?text=${q}`, label: `Jobs with ${said} in their error` }),
    ...payloads,
  ];
}

const rowOf = ({ noun, id, name, note }) => ({ id: `/${noun}/${id}`, href: `/${noun}/${id}`, rowId: id, label: name, note: [`${ONE[noun]} ${id}`, note].filter(Boolean).join(" · ") });

/** What the server has of a text: `{found, unsearched, asking, failed}`; an answer to another text is none. */
function useFound(text, server) {
  const [state, setState] = useState({});
  const wanted = isId(text) || text.length > 1;
  useEffect(() => {
    if (!wanted) return undefined;
    const stop = new AbortController();
    const tell = (told) => stop.signal.aborted || setState({ text, ...told });
    const timer = setTimeout(async () => {
      try {
        const answer = await fetch(withServer(`${PATH}?q=${encodeURIComponent(text)}`, server), { signal: stop.signal, cache: "no-store" });
        const told = await answer.json().catch(() => ({}));
        tell(answer.ok ? { found: told.found.map(rowOf), unsearched: told.unsearched } : { failed: told.message ?? `HTTP ${answer.status}` });
      } catch {
        tell({ failed: "the console cannot be reached" });
      }
    }, TYPING_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [text, server, wanted]);
  if (!wanted) return {};
  return state.text === text ? state : { asking: true };
}

/** `keys` gets what a key means; `early`: Enter was pressed already. `visited(server, now)`: what of visited.js is the viewer's. `onPick(act)` closes the palette, then acts. */
export function PaletteList({ id, text: typed, keys, early, visited, onShow, onPick }) {
  const text = typed.trim();
  const server = useServer();
  const navigate = useNavigate();
  const { about } = useLive("link");
  const own = useOwn(server, about, visited);
  const answer = useFound(text, server);
  const groups = arranged(text, own, answer.found ?? [], furtherOf(text, about));
  const items = groups.flatMap((group) => group.items);
  const [at, setAt] = useState(null); // the item that somebody moved to
  const [waiting, setWaiting] = useState(null); // the text whose answer Enter waits for
  const box = useRef(null);
  // A stray Enter does nothing: what is first is chosen once something is typed.
  const active = items.find((item) => item.id === at) ?? (text ? items[0] : undefined);
  const optionId = (item) => `${id}o${items.indexOf(item)}`;
  const run = (item) => onPick(item.run ?? (() => navigate(withServer(item.href, server))));

  // An id, or a text that nothing here fits, is the server's to answer: what comes first is not known yet.
  const further = !groups.some(({ label }) => label !== "Look further");
  const isOpen = answer.asking && !items.some((item) => item.id === at) && (isId(text) || further);
  const enter = () => (isOpen ? setWaiting(text) : active && run(active));
  keys.current = (event) => {
    const here = items.indexOf(active);
    const to = { ArrowDown: (here + 1) % items.length, ArrowUp: (Math.max(here, 0) - 1 + items.length) % items.length, PageDown: Math.min(here + 8, items.length - 1), PageUp: Math.max(here - 8, 0) }[event.key];
    if (event.key === "Enter") event.preventDefault(), enter();
    else if (to !== undefined && items.length) event.preventDefault(), setAt(items[to].id);
  };
  useEffect(() => {
    if (early.current) enter();
    return () => void (keys.current = null);
  }, []);
  useEffect(() => {
    setAt(null);
    setWaiting((before) => (before === text ? before : null));
    box.current.scrollTop = 0;
  }, [text]);
  useEffect(() => {
    if (waiting !== text || answer.asking) return;
    setWaiting(null);
    // What it was not found by stays to be chosen from.
    if (active && !further) run(active);
  }, [waiting, answer.asking]);
  const activeId = active && optionId(active);
  useEffect(() => onShow({ active: activeId, some: items.length > 0 }), [activeId, items.length > 0]);
  useEffect(() => {
    if (at) box.current.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [at]);

  return (
    <>
      <div ref={box} id={`${id}list`} role="listbox" aria-label="Results" className="palette-list">
        {groups.map(({ label, items: some }, n) => (
          <div key={label} role="group" aria-labelledby={`${id}g${n}`}>
            <div id={`${id}g${n}`} role="presentation" className="palette-group">{label}</div>
            {some.map((item) => <Option key={item.id} id={optionId(item)} item={item} server={server} on={item === active} onMove={() => item.id !== at && setAt(item.id)} onPick={() => run(item)} />)}
          </div>
        ))}
      </div>
      <Said text={text} answer={answer} count={items.length} waiting={waiting === text} />
    </>
  );
}

/** A page is a link as well: it opens in another tab as links do. */
function Option({ id, item, server, on, onMove, onPick }) {
  const press = (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    onPick();
  };
  const Kind = item.href ? "a" : "div";
  return (
    <Kind id={id} role="option" aria-selected={on} className="palette-item" href={item.href && rooted(withServer(item.href, server))} tabIndex={-1} onMouseMove={onMove} onClick={press}>
      <span className="palette-label">{item.label}</span>
      {item.note && <span className="palette-what">{item.note}</span>}
      {item.key && <kbd aria-hidden="true">{item.key}</kbd>}
    </Kind>
  );
}

/** How far the search is, and what it left out. */
function Said({ text, answer, count, waiting }) {
  const found = answer.found?.length ?? 0;
  const words = waiting ? "Searching; what is found first opens…"
    : answer.asking ? "Searching…"
      : answer.failed ? `Not searched on the server: ${answer.failed}`
        : answer.found && !found ? "Nothing like this on the server."
          : "";
  return (
    <div className={words || answer.unsearched?.length ? "palette-note" : "visually-hidden"} role="status">
      {text && !answer.asking && <span className="visually-hidden">{`${count} results. `}</span>}
      {words}
      {answer.unsearched?.map((sentence) => <span key={sentence}>{sentence}</span>)}
    </div>
  );
}
