// The filters of a list that need more than a press. What is typed stays here until it makes sense; then the
// address says it.
import { useEffect, useId, useRef, useState } from "react";
import { Input } from "antd";
import { useLocation, useNavigate } from "react-router";
import { useHydrated } from "./address.jsx";
import { Arrow, Dropdown } from "./dropdown.jsx";
import { held } from "./leaving.js";
import { RANGES, narrowed, readAll, readDuration, readPercent, readTime, writeDuration, writeTime } from "./list_query.js";
import { PageLink } from "./server.jsx";

const ANY_TIME = { range: null, since: null, until: null };
const MORE = ["min_ms", "max_ms", "error", "text", "input", "output", "min_progress", "max_progress"];
const TYPING_MS = 300;
const TIME_HINT = "like 2026-01-31 17:05";

/** The address of the list, and how to lead to the same one with other filters. */
export function useFilters() {
  const { pathname, search } = useLocation();
  const navigate = useNavigate();
  const params = new URLSearchParams(useHydrated() ? search : "");
  const addressOf = (changes) => pathname + narrowed(search, changes);
  const go = (changes) => held() || navigate(addressOf(changes), { preventScrollReset: true });
  return { params, addressOf, go };
}

/** The viewer's zone, as `Europe/Berlin (GMT+1)`. */
export function zone(at = new Date()) {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const offset = new Intl.DateTimeFormat("en", { timeZoneName: "shortOffset" }).formatToParts(at);
  const named = offset.find((part) => part.type === "timeZoneName")?.value ?? "";
  return timeZone === named ? named : `${timeZone ?? "Local"} (${named})`;
}

/** An instant of the viewer's day: the clock time today, with the date otherwise. */
export function clockTime(at, seconds = false) {
  const date = new Date(at);
  const clock = { hour: "2-digit", minute: "2-digit", ...((seconds || date.getSeconds()) && { second: "2-digit" }), hourCycle: "h23" };
  if (date.toDateString() === new Date().toDateString()) return date.toLocaleTimeString("en", clock);
  const year = date.getFullYear() === new Date().getFullYear() ? {} : { year: "numeric" };
  return date.toLocaleString("en", { month: "short", day: "numeric", ...year, ...clock });
}

function inWords(params) {
  const [since, until] = ["since", "until"].map((name) => params.get(name)).map((iso) => (writeTime(iso) ? clockTime(iso) : ""));
  if (since || until) return since && until ? `${since} – ${until}` : since ? `Since ${since}` : `Until ${until}`;
  const range = RANGES[params.get("range")];
  return range ? `Last ${range}` : "Any time";
}

/** Rows whose name holds a text, found while it is typed. */
export function FindByName({ limit, words = "Find by name" }) {
  const { params, addressOf } = useFilters();
  const navigate = useNavigate();
  const found = params.get("q") ?? "";
  const [text, setText] = useState(found);
  const [seen, setSeen] = useState(found);
  const timer = useRef(null);
  const asked = useRef(new Set()); // what was asked for since the field was entered: it may arrive late
  // Back, a chip that is taken away, a link: the address knows better than what stands here.
  if (found !== seen) {
    setSeen(found);
    if (!asked.current.has(found)) setText(found);
  }
  const find = (wanted) => {
    clearTimeout(timer.current);
    const q = wanted.replaceAll("\0", "\ufffd").trim(); // NUL has no place in a search
    if (q === found || held()) return;
    // All that is typed at once is one step of Back.
    navigate(addressOf({ q: q || null }), { replace: asked.current.size > 0, preventScrollReset: true });
    asked.current.add(q);
  };
  const type = (typed) => {
    setText(typed);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => find(typed), TYPING_MS);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <Input
      value={text} placeholder={words} aria-label={words} allowClear maxLength={limit} style={{ width: 220 }}
      onChange={({ target }) => type(target.value)} onPressEnter={() => find(text)} onBlur={() => asked.current.clear()}
    />
  );
}

/** When rows were queued, or whatever else `what` says: a range that ends now, or exact times. */
export function TimeFilter({ what = "queued" }) {
  const filters = useFilters();
  const words = inWords(filters.params);
  const on = words !== "Any time";
  const face = <><span className="visually-hidden">{what[0].toUpperCase() + what.slice(1)}: </span>{words}<Arrow /></>;
  return (
    <Dropdown label={what === "queued" ? "When it was queued" : `When it ${what}`} face={face} kind={on ? "button pick on" : "button pick"} title={`Times are in ${zone()}`}>
      {(close) => <TimePanel {...filters} close={close} />}
    </Dropdown>
  );
}

function TimePanel({ params, addressOf, go, close }) {
  const exact = params.get("since") || params.get("until");
  const now = exact ? "exact" : (params.get("range") ?? "");
  const link = (value, words) => (
    <PageLink key={value} to={addressOf({ ...ANY_TIME, range: value || null })} onClick={close} aria-current={now === value ? "page" : undefined}>
      {words}
    </PageLink>
  );
  const read = (form) =>
    readAll({ since: readTime(form.since), until: readTime(form.until, true) }, [["since", "until", "The end is before the beginning."]]);
  return (
    <>
      <nav className="quick" aria-label="Quick ranges">
        {link("", "Any time")}
        {Object.entries(RANGES).map(([value, words]) => link(value, `Last ${words}`))}
      </nav>
      <FilterForm read={read} apply={(values) => go({ ...values, range: null })} close={close} hint={`Times are in ${zone()}.`}>
        {(errors) => (
          <>
            <Field name="since" label="From" hint={TIME_HINT} initial={writeTime(params.get("since"))} errors={errors} />
            <Field name="until" label="To" hint={TIME_HINT} initial={writeTime(params.get("until"))} errors={errors} />
          </>
        )}
      </FilterForm>
    </>
  );
}

/** Everything else that narrows: run time, error, progress, and what is in payloads where it can be sought. */
export function MoreFilters({ payloads }) {
  return <More names={MORE}>{(given) => <MorePanel {...given} payloads={payloads} />}</More>;
}

/** The button that opens a panel of filters, with how many of `names` are on; `children` draws the panel. */
export function More({ names, children }) {
  const filters = useFilters();
  const on = names.filter((name) => filters.params.get(name)).length;
  const face = <>More filters{on > 0 && <span className="count">{on}</span>}<Arrow /></>;
  const clear = () => filters.go(Object.fromEntries(names.map((name) => [name, null])));
  return (
    <Dropdown label="More filters" face={face} kind={on ? "button pick on" : "button pick"}>
      {(close) => children({ ...filters, clear, close })}
    </Dropdown>
  );
}

export const textIn = (text) => ({ value: text?.trim() || null });

function MorePanel({ params, payloads, go, close, clear }) {
  const duration = (name) => (/^\d{1,15}$/.test(params.get(name) ?? "") ? writeDuration(Number(params.get(name))) : "");
  const read = (form) =>
    readAll(
      {
        min_ms: readDuration(form.min_ms),
        max_ms: readDuration(form.max_ms),
        error: { value: form.error || null },
        text: textIn(form.text),
        ...(payloads && { input: textIn(form.input), output: textIn(form.output) }),
        min_progress: readPercent(form.min_progress),
        max_progress: readPercent(form.max_progress),
      },
      [["min_ms", "max_ms", "This is shorter than the least."], ["min_progress", "max_progress", "This is less than the least."]],
    );
  return (
    <FilterForm read={read} apply={go} close={close} clear={clear}>
      {(errors) => (
        <>
          <div className="pair">
            <Field name="min_ms" label="Took at least" hint="like 10 s" initial={duration("min_ms")} errors={errors} />
            <Field name="max_ms" label="Took at most" hint="like 1 m 30 s" initial={duration("max_ms")} errors={errors} />
          </div>
          <Choice name="error" label="Error" initial={yesOrNo(params.get("error"))} choices={{ "": "Any", 1: "With an error", 0: "Without an error" }} />
          <Field name="text" label="Error message contains" initial={params.get("text") ?? ""} errors={errors} maxLength={200} />
          {payloads && (
            <div className="pair">
              <Field name="input" label="Input contains" hint="as in its JSON" initial={params.get("input") ?? ""} errors={errors} maxLength={200} />
              <Field name="output" label="Output contains" hint="as in its JSON" initial={params.get("output") ?? ""} errors={errors} maxLength={200} />
            </div>
          )}
          <div className="pair">
            <Field name="min_progress" label="Progress at least" hint="0 to 100 %" initial={params.get("min_progress") ?? ""} errors={errors} />
            <Field name="max_progress" label="Progress at most" hint="0 to 100 %" initial={params.get("max_progress") ?? ""} errors={errors} />
          </div>
        </>
      )}
    </FilterForm>
  );
}

export const yesOrNo = (value) => (/^(1|true)$/i.test(value ?? "") ? "1" : /^(0|false)$/i.test(value ?? "") ? "0" : "");

/** A form whose fields are read together; it leads on when all of them make sense. */
export function FilterForm({ read, apply, close, clear, hint, children }) {
  const [errors, setErrors] = useState({});
  const submit = (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    const { values, errors: wrong } = read(Object.fromEntries(new FormData(form)));
    setErrors(wrong ?? {});
    if (wrong) return form.elements[Object.keys(wrong)[0]].focus();
    close();
    return apply(values);
  };
  const forget = () => {
    close();
    clear();
  };
  return (
    <form className="stack" onSubmit={submit} noValidate>
      {children(errors)}
      {hint && <p className="dim hint">{hint}</p>}
      <div className="row">
        <button type="submit" className="button primary">Apply</button>
        {clear && <button type="button" className="button" onClick={forget}>Clear</button>}
      </div>
    </form>
  );
}

export function Field({ name, label, hint, initial, errors, maxLength }) {
  const id = useId();
  const error = errors[name];
  return (
    <div className="field">
      <label className="label" htmlFor={id}>{label}</label>
      <input
        id={id} name={name} className="text-input" defaultValue={initial} placeholder={hint} maxLength={maxLength ?? 60}
        autoComplete="off" spellCheck="false" aria-invalid={Boolean(error)} aria-describedby={error ? `${id}-error` : undefined}
      />
      {error && <span className="error" id={`${id}-error`} role="alert">{error}</span>}
    </div>
  );
}

export function Choice({ name, label, initial, choices }) {
  const id = useId();
  return (
    <div className="field">
      <label className="label" htmlFor={id}>{label}</label>
      <select id={id} name={name} className="text-input" defaultValue={initial}>
        {Object.entries(choices).sort(([a], [b]) => (a !== "") - (b !== "") || b - a || 0).map(([value, words]) => <option key={value} value={value}>{words}</option>)}
      </select>
    </div>
  );
}
