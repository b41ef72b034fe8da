// The controls of a log: level, search, where one is, and a menu for what is wanted less often.
import { useEffect, useId, useRef, useState } from "react";
import { rooted } from "./base.js";
import { placeOf, TIMES } from "./log_times.js";
import { withParam } from "./server_address.js";

const number = new Intl.NumberFormat("en");
export const counted = (n, noun) => `${number.format(n)} ${noun}${n === 1 ? "" : "s"}`;

const CHOICES = [
  ["", "All", "All levels"],
  ["info", "Info", "Info and above"],
  ["warn", "Warn", "Warnings and errors"],
  ["error", "Error", "Errors only"],
];
const TYPED_MS = 250; // after the last key, a search begins

const PATHS = {
  up: "M4 9.5l4-4 4 4",
  down: "M4 6.5l4 4 4-4",
  more: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  cross: "M4 4l8 8M12 4l-8 8",
};

const Icon = ({ name }) => <svg className="icon" viewBox="0 0 16 16" aria-hidden="true"><path d={PATHS[name]} /></svg>;

export function IconButton({ icon, label, ...more }) {
  return <button type="button" className="plain log-icon" aria-label={label} title={label} {...more}><Icon name={icon} /></button>;
}

/** Which levels are shown: buttons where there is room, else a list. `counts` is null while it is not known. */
export function Levels({ level, counts, onChoose }) {
  const of = { warn: counts && counts.warn + counts.error, error: counts?.error };
  return (
    <>
      <div className="log-levels" role="group" aria-label="Level">
        {CHOICES.map(([value, label, title]) => (
          <button key={value} type="button" className="plain" title={title} aria-pressed={level === value} onClick={() => onChoose(value)}>
            {label}{of[value] != null && <span className="log-count"> {number.format(of[value])}</span>}
          </button>
        ))}
      </div>
      <select className="log-pick" aria-label="Level" value={level === "debug" ? "" : level} onChange={(event) => onChoose(event.target.value)}>
        {CHOICES.map(([value, , title]) => (
          <option key={value} value={value}>{title}{of[value] != null ? ` (${number.format(of[value])})` : ""}</option>
        ))}
      </select>
    </>
  );
}

/** What is searched for: it begins while one types; Enter goes to the next hit, with Shift to the one before. */
export function Search({ field, search, total, initial, onSearch, onStep, onLeave }) {
  const [typed, setTyped] = useState(initial);
  const timer = useRef(0);
  const begin = (next) => {
    clearTimeout(timer.current);
    setTyped(next);
    timer.current = setTimeout(() => onSearch(next), next.find && next.find !== typed.find ? TYPED_MS : 0);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  const keys = (event) => {
    if (event.key === "Enter") {
      event.preventDefault();
      clearTimeout(timer.current);
      if (search.query?.q === typed.find) onStep(event.shiftKey);
      else onSearch(typed);
    } else if (event.key === "Escape") {
      event.preventDefault();
      begin({ ...typed, find: "" });
      onLeave();
    }
  };
  const wrong = Boolean(search.failure);
  return (
    <>
      <div className="log-search" role="search" aria-label="Search the log">
        <div className="log-field" data-wrong={wrong || undefined}>
          <input
            ref={field} type="text" value={typed.find} maxLength={200} aria-label="Search the log" placeholder={`Search ${counted(total, "line")}`}
            spellCheck={false} autoComplete="off" enterKeyHint="search" aria-invalid={wrong || undefined}
            onChange={(event) => begin({ ...typed, find: event.target.value })} onKeyDown={keys}
          />
          <button
            type="button" className="plain log-regex" aria-pressed={typed.regex} aria-label="Regular expression" title="Regular expression"
            onClick={() => begin({ ...typed, regex: !typed.regex })}
          >.*</button>
        </div>
        {search.query && !(wrong && !search.hits.length) && (
          <>
            <span className="log-hits" role="status">{hits(search)}</span>
            <IconButton icon="up" label="Previous match" disabled={!search.hits.length} onClick={() => onStep(true)} />
            <IconButton icon="down" label="Next match" disabled={!search.hits.length} onClick={() => onStep(false)} />
          </>
        )}
      </div>
      {wrong && <p className="log-problem" role="alert">{problem(search)}</p>}
    </>
  );
}

/** `3 of 40`; `40…` while lines are still being looked at. */
function hits({ hits: { length }, position, busy, full }) {
  if (!length) return busy ? "Searching…" : "No matches";
  const all = `${number.format(length)}${full ? "+" : ""}${busy ? "…" : ""}`;
  return position ? `${number.format(position)} of ${all}` : `${all} found`;
}

/** Why the search ended before its time, and how far it came. */
function problem({ failure, known }) {
  const sentence = /^(is|takes) /.test(failure) ? `This ${failure}` : failure;
  return known ? `${sentence}. Only the first ${counted(known, "line")} were searched` : sentence;
}

/** What is wanted less often. `wide` are those controls that stand in the bar where there is room. */
export function Menu({ reading, src, canSearch, errors, mark: [from, to], onWrap, onGo, onError, onCopyLink }) {
  const id = useId();
  const panel = useRef(null);
  const button = useRef(null);
  const place = ({ newState }) => {
    if (newState !== "open") return;
    const { bottom, right } = button.current.getBoundingClientRect();
    const room = window.innerHeight - panel.current.offsetHeight - 8;
    Object.assign(panel.current.style, {
      top: `${Math.max(8, Math.min(bottom + 4, room))}px`,
      left: `${Math.max(8, right - panel.current.offsetWidth)}px`,
    });
  };
  useEffect(() => {
    const element = panel.current;
    element.addEventListener("toggle", place);
    return () => element.removeEventListener("toggle", place);
  }, []);
  const act = (verb) => () => {
    panel.current.hidePopover();
    verb();
  };
  const file = (format) => rooted(withParam(src.replace(/(\?|$)/, "/download$1"), "format", format));
  return (
    <>
      <button ref={button} type="button" className="plain log-icon" aria-label="More" title="More" popoverTarget={id}><Icon name="more" /></button>
      <div ref={panel} id={id} popover="auto" className="log-menu" role="group" aria-label="Log options">
        <fieldset>
          <legend>Times</legend>
          {Object.entries(TIMES).map(([way, label]) => (
            <label key={way}><input type="radio" name={id} checked={reading.times === way} onChange={() => reading.chooseTimes(way)} /> {label}</label>
          ))}
        </fieldset>
        <label><input type="checkbox" checked={reading.wrap} onChange={onWrap} /> Wrap long lines</label>
        <hr />
        <button type="button" className="plain" onClick={act(onGo)}>Go to line or time… <kbd>G</kbd></button>
        {canSearch && errors !== 0 && <button type="button" className="plain" onClick={act(() => onError(false))}>Next error <kbd>E</kbd></button>}
        {canSearch && errors !== 0 && <button type="button" className="plain" onClick={act(() => onError(true))}>Previous error <kbd>Shift E</kbd></button>}
        <button type="button" className="plain" onClick={act(() => onCopyLink())}>Copy link to this place</button>
        {from > 0 && <button type="button" className="plain" onClick={act(() => onCopyLink(from, to))}>Copy link to {from === to ? `line ${number.format(from)}` : `lines ${number.format(from)}–${number.format(to)}`}</button>}
        <hr />
        <a href={file("text")} download onClick={() => panel.current.hidePopover()}>Download as text</a>
        <a href={file("jsonl")} download onClick={() => panel.current.hidePopover()}>Download as JSON lines</a>
      </div>
    </>
  );
}

/** Asks for a line or a time; `onGo` answers with what is wrong, empty when it went there. */
export function GoTo({ origin, onGo, onClose }) {
  const [wrong, setWrong] = useState("");
  const hint = useId();
  const field = useRef(null);
  useEffect(() => field.current.focus(), []);
  const go = async (event) => {
    event.preventDefault();
    const place = placeOf(field.current.value, origin);
    const trouble = place ? await onGo(place) : "Type a line number, a time such as 12:04:05, or +90 s";
    if (trouble) setWrong(trouble);
    else onClose();
  };
  return (
    <form className="log-goto" onSubmit={go} onKeyDown={(event) => event.key === "Escape" && onClose()}>
      <input ref={field} type="text" aria-label="Line or time" placeholder="Line, 12:04:05 or +90 s" aria-describedby={hint} aria-invalid={Boolean(wrong) || undefined} autoComplete="off" />
      <button type="submit" className="plain log-button">Go</button>
      <IconButton icon="cross" label="Close" onClick={onClose} />
      <span id={hint} role="status" className="log-wrong">{wrong}</span>
    </form>
  );
}
