// Downloads everything that matches a list: read to the end first, so that no file lacks rows.
import { useEffect, useRef, useState } from "react";
import { useLocation } from "react-router";
import { fetch } from "./base.js";
import { Arrow, Dropdown } from "./dropdown.jsx";
import { readExport } from "./export_reader.js";
import { serverOf, withServer } from "./server_address.js";
import { viewed } from "./views.js";

const FORMS = { csv: ["CSV", "text/csv"], json: ["JSON", "application/json"], jsonl: ["JSON lines", "application/x-ndjson"] };
const IDLE = { phase: "idle", rows: 0 };
const words = (n) => n.toLocaleString("en");
const FACES = { idle: () => "Export", runs: ({ rows }) => `Exporting ${words(rows)}…`, done: () => "Exported", failed: () => "Export failed" };

/** `source` is where the console gives it; `total`, if it is known, how many rows there are. */
export function Export({ source, name, total, forms = ["csv", "json"] }) {
  const { search } = useLocation();
  const [state, setState] = useState(IDLE);
  const running = useRef(null);
  useEffect(() => () => running.current?.abort(), []);

  async function begin(form) {
    const abort = (running.current = new AbortController());
    const tell = (next) => running.current === abort && setState(next);
    const params = new URLSearchParams(viewed(search));
    params.set("format", form);
    tell({ phase: "runs", rows: 0, form });
    let read = 0;
    const told = (rows) => tell({ phase: "runs", rows: (read = rows), form });
    try {
      const pieces = await readExport(await fetch(withServer(`${source}?${params}`, serverOf(search)), { signal: abort.signal }), told);
      const file = `${name}-${new Date().toISOString().slice(0, 19).replaceAll(":", "")}.${form}`;
      save(new Blob(pieces, { type: FORMS[form][1] }), file);
      tell({ phase: "done", rows: read, form, file });
    } catch (error) {
      if (!abort.signal.aborted) tell({ phase: "failed", rows: read, form, error: reason(error) });
    }
  }
  const cancel = () => {
    running.current?.abort();
    running.current = null;
    setState(IDLE);
  };
  const face = <>{FACES[state.phase](state)}<Arrow /></>;
  return (
    <Dropdown label="Export everything that matches" face={face} kind="button export-button">
      {() => <Panel state={state} total={total} forms={forms} begin={begin} cancel={cancel} />}
    </Dropdown>
  );
}

const reason = (error) => (error instanceof TypeError ? "The console does not answer." : error.message);

function Panel({ state: { phase, rows, form, file, error }, total, forms, begin, cancel }) {
  const buttons = forms.map((key) => (
    <button key={key} type="button" className="button" onClick={() => begin(key)}>{FORMS[key][0]}</button>
  ));
  if (phase === "runs") {
    return (
      <div className="stack" role="status">
        <p>{words(rows)}{total ? ` of ${words(Math.max(total, rows))}` : ""} rows read.</p>
        {total > 0 && <progress max={Math.max(total, rows)} value={rows} aria-label="Rows read" />}
        <div className="row"><button type="button" className="button" onClick={cancel}>Cancel export</button></div>
      </div>
    );
  }
  return (
    <div className="stack">
      {phase === "done" && <p role="status">{words(rows)} rows are in {file}.</p>}
      {phase === "failed" && <p className="form-error" role="alert">It ended after {words(rows)} rows, and nothing was saved. {error}</p>}
      <p>{phase === "failed" ? "Try again:" : "Everything that matches, the newest first:"}</p>
      <div className="row">{phase === "failed" ? <button type="button" className="button" onClick={() => begin(form)}>{FORMS[form][0]}</button> : buttons}</div>
    </div>
  );
}

function save(blob, file) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = file;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
