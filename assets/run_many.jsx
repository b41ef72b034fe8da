// One job for each row: rows are pasted or come from a file, the console checks them, a person confirms.
import { useEffect, useRef, useState } from "react";
import { Button } from "antd";
import { useParam, useSetParam } from "./address.jsx";
import { fetch } from "./base.js";
import { RunOptions, isOfOption, useRunOptions } from "./run_options.jsx";
import { useServer } from "./server.jsx";
import { withServer } from "./server_address.js";
import "./run_many.css";

const NONE = [];
const MOST_BYTES = 20_000_000;
// More is not shown in a field: it would be slow, and nobody edits it there.
const MOST_TYPED = 200_000;
const EXAMPLE = "amount,currency,note\n12.50,EUR,first\n7,USD,second";
const SEPARATORS = { ",": "commas", ";": "semicolons", "\t": "tabs" };
const NOT_REACHED = "The console does not answer. Try again in a moment.";

/** How rows for this task could begin: with the names of its inputs. */
function example(schema) {
  try {
    const names = Object.keys(JSON.parse(schema).properties);
    return names.length ? `${names.join(",")}\n…` : EXAMPLE;
  } catch {
    return EXAMPLE;
  }
}

const count = (n) => n.toLocaleString("en");
const size = (bytes) => (bytes < 1_000_000 ? `${count(Math.ceil(bytes / 1000))} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`);
const rows = (n) => `${count(n)} ${n === 1 ? "row" : "rows"}`;

export function RunMany({ task, schema, errors = NONE, busy = false, onQueue }) {
  const address = `/console/tasks/${task}/rows`;
  const { batch, found, trouble, waiting, check, restore, forget } = useRows(address);
  return (
    <div className="run-many">
      {!found && <Source schema={schema} waiting={waiting} trouble={trouble} restoring={Boolean(batch)} onCheck={check} onRestore={restore} />}
      {found && <Found key={found.batch} found={found} errors={errors} busy={busy} onQueue={onQueue} onForget={forget} />}
    </div>
  );
}

/** The rows that the console has: the address names them, so that a reload shows them again. */
function useRows(address) {
  const batch = useParam("rows");
  const setBatch = useSetParam("rows");
  const server = useServer();
  const [found, setFound] = useState(null);
  const [trouble, setTrouble] = useState(null); // `{message, again}`; `again`: whether to ask once more may help
  const [waiting, setWaiting] = useState(false);
  const turn = useRef(0);

  /** What the console answered, shown; an empty answer where something else was asked for since. */
  async function ask(path, options) {
    const mine = ++turn.current;
    setWaiting(true);
    setTrouble(null);
    const answer = await answered(withServer(path, server), options);
    if (mine !== turn.current) return {};
    setWaiting(false);
    if (answer.told) setFound(answer.told);
    else setTrouble({ message: answer.failure, again: !options && !answer.gone });
    return answer;
  }
  const check = async (body) => {
    const { told } = await ask(address, { method: "POST", body, headers: { "Content-Type": "text/plain" } });
    if (told) setBatch(told.batch);
  };
  const restore = async () => {
    const { gone } = await ask(`${address}/${encodeURIComponent(batch)}`);
    if (gone) setBatch(null);
  };
  useEffect(() => {
    if (found?.batch !== batch) setFound(null);
    if (batch && found?.batch !== batch) restore();
    return () => {
      turn.current++;
      setWaiting(false);
    };
  }, [batch, address]);
  return { batch, found, trouble, waiting, check, restore, forget: () => setBatch(null) };
}

/** `{told}`, or why there is nothing to tell: `{failure, gone}`. */
async function answered(address, options) {
  const answer = await fetch(address, options).catch(() => null);
  const told = await answer?.json().catch(() => null);
  if (answer?.ok && told) return { told };
  return { failure: told?.message ?? NOT_REACHED, gone: answer?.status === 404 };
}

function Source({ schema, waiting, trouble, restoring, onCheck, onRestore }) {
  const [file, setFile] = useState(null); // `{name, body, size}`
  const [text, setText] = useState("");
  const [over, setOver] = useState(false);
  const picker = useRef(null);
  const take = (chosen) => chosen && setFile({ name: chosen.name, body: chosen, size: chosen.size });
  const drop = (event) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files[0]);
  };
  const paste = (event) => {
    const pasted = event.clipboardData.getData("text");
    if (pasted.length < MOST_TYPED) return;
    event.preventDefault();
    setFile({ name: "Pasted text", body: pasted, size: new Blob([pasted]).size });
  };
  const tooLarge = file && file.size > MOST_BYTES;
  const ready = file ? !tooLarge && file.size > 0 : text.trim() !== "";
  return (
    <form
      className={over ? "card pad stack over" : "card pad stack"} aria-label="Rows" onDrop={drop} onDragLeave={() => setOver(false)}
      onDragOver={(event) => { event.preventDefault(); setOver(true); }}
      onSubmit={(event) => { event.preventDefault(); if (ready && !waiting) onCheck(file ? file.body : text); }}
    >
      <div className="field">
        <label className="label" htmlFor="rows-text">Paste rows, or choose a file: CSV whose first row names the inputs, or JSON, one value a line</label>
        {file ? (
          <p className="row"><b>{file.name}</b> <span className="dim">{size(file.size)}</span> <Button size="small" type="text" onClick={() => setFile(null)}>Remove</Button></p>
        ) : (
          <textarea id="rows-text" className="native rows-text" value={text} placeholder={example(schema)} spellCheck={false} onPaste={paste} onChange={({ target }) => setText(target.value)} />
        )}
        <span className="hint">At most 20 MB and 50,000 rows. Nothing is queued before you have seen what it is.</span>
      </div>
      {(tooLarge || trouble) && (
        <p className="form-error" role="alert">
          {tooLarge ? "This file is larger than 20 MB: queue one part after the other." : trouble.message}{" "}
          {!tooLarge && trouble.again && restoring && <Button size="small" onClick={onRestore}>Try again</Button>}
        </p>
      )}
      <div className="row">
        <Button type="primary" htmlType="submit" disabled={!ready} loading={waiting && !restoring && { delay: 200 }}>Check the rows</Button>
        <Button onClick={() => picker.current.click()}>Choose a file…</Button>
        <input ref={picker} type="file" hidden aria-label="File with rows" accept=".csv,.tsv,.txt,.json,.jsonl,.ndjson,text/*,application/json" onChange={({ target }) => { take(target.files[0]); target.value = ""; }} />
      </div>
    </form>
  );
}

function Found({ found, errors, busy, onQueue, onForget }) {
  const { good, faulty, begun, trouble, to_type: toType } = found;
  const [leftOut, setLeftOut] = useState(false);
  const [typed, setTyped] = useState("");
  const [stumbled, setStumbled] = useState("");
  const options = useRunOptions();
  const told = errors.filter((error) => !isOfOption(error));
  function submit(event) {
    event.preventDefault();
    if (busy) return;
    if (faulty && !leftOut) return setStumbled(`Mend the ${rows(faulty)} with errors, or leave them out.`);
    if (toType && typed.replaceAll(",", "").trim() !== String(toType)) return setStumbled(`Type ${count(toType)} to confirm.`);
    setStumbled("");
    const chosen = options.read();
    if (chosen) onQueue?.(found.batch, typed, chosen);
  }
  const heading = `${rows(good + faulty)} of ${found.form}${found.separator ? `, separated by ${SEPARATORS[found.separator]}` : ""}`;
  return (
    <form className="stack" aria-label="Jobs to queue" noValidate onSubmit={submit}>
      <section className="card" aria-label="What was found">
        <div className="card-head"><h2>{heading}</h2><span className="grow" /><Button onClick={onForget}>Other rows…</Button></div>
        {good > 0 && <Preview rows={found.preview} good={good} />}
      </section>
      {faulty > 0 && <Faults found={found} leftOut={leftOut} onLeaveOut={setLeftOut} />}
      {begun && <p className="notice" role="status">These rows were queued. Give others to queue more.</p>}
      {!begun && good > 0 && (
        <div className="card pad stack">
          <RunOptions {...options.props} problems={errors.filter(isOfOption)} direct={false} />
          {toType && (
            <label className="field">
              <span className="label">Type <b>{count(toType)}</b> to confirm</span>
              <input className="native number" inputMode="numeric" autoComplete="off" maxLength={20} value={typed} onChange={({ target }) => setTyped(target.value)} />
            </label>
          )}
          {(stumbled || trouble || told.length > 0) && <p className="form-error" role="alert">{stumbled || trouble || told.map(({ message }) => message).join(" ")}</p>}
          <div className="row">
            <Button type="primary" htmlType="submit" disabled={Boolean(trouble)} loading={busy && { delay: 200 }}>Queue {count(good)} {good === 1 ? "job" : "jobs"}</Button>
          </div>
        </div>
      )}
    </form>
  );
}

function Preview({ rows: first, good }) {
  return (
    <ul className="rows-preview" aria-label="First rows">
      {first.map(({ row, value }) => <li key={row}><span className="dim">Row {row}</span><code>{JSON.stringify(value)}</code></li>)}
      {good > first.length && <li className="dim">and {rows(good - first.length)} more</li>}
    </ul>
  );
}

function Faults({ found: { faulty, faults, good }, leftOut, onLeaveOut }) {
  const more = faulty - new Set(faults.map(({ row }) => row)).size;
  return (
    <section className="card" aria-label="Errors">
      <div className="card-head"><h2>{rows(faulty)} with errors</h2></div>
      <div className="rows-faults" tabIndex={0} role="region" aria-label="Errors by row">
        <table className="table plain-table">
          <thead><tr><th scope="col">Row</th><th scope="col">Field</th><th scope="col">Error</th></tr></thead>
          <tbody>{faults.map(({ row, field, message }, i) => <tr key={i}><td>{count(row)}</td><td className="mono">{field || "–"}</td><td>{message}</td></tr>)}</tbody>
        </table>
      </div>
      <p className="pad row">
        {more > 0 && <span className="dim">and {rows(more)} more with errors.</span>}
        {good > 0 && <label className="row"><input type="checkbox" checked={leftOut} onChange={({ target }) => onLeaveOut(target.checked)} /> Leave out the rows with errors</label>}
      </p>
    </section>
  );
}
