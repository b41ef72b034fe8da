// Runs what stands in the form, without saving it, and shows what it does beside the source.
import { memo, useContext, useEffect, useRef, useState } from "react";
import { Button } from "antd";
import { Duration } from "./clock.jsx";
import { Frame, follow } from "./draft.js";
import { Form } from "./edit_form.jsx";
import { Pieces } from "./log_rows.jsx";
import { SchemaForm } from "./schema_form.jsx";
import { schemaOf } from "./schema_values.js";
import { useServer } from "./server.jsx";
import { NOTHING_HEARD, heard, placeOf, runTrial } from "./trial.js";
import "./logview.css";
import "./try_it.css";

const NONE = [];
const MOST_SHOWN = 200_000;
const SCHEMAS = ["input_schema", "output_schema"];

/** `sample` is an input for the schema that was given last to `onSample(schema)`, which counts up `sampleCount`. */
export function TryIt({ sample = "", sampleCount = 0, onSample }) {
  const form = useContext(Form);
  const trial = useTrial(form);
  const schema = useSchema(form);
  const given = useSample(form.docKey, sample, sampleCount);
  const makeUp = () => {
    given.ask();
    onSample?.(form.texts().input_schema ?? "");
  };
  return (
    <aside className="card try-it" aria-label="Try it">
      <div className="card-head">
        <h2>Try it</h2><span className="dim">runs the draft unsaved</span><span className="grow" />
        <Button onClick={makeUp}>Sample input</Button>
      </div>
      <div className="try-it-input">
        {/* Its value is no part of the task. */}
        <Frame.Provider value={null}>
          {schema !== undefined && <SchemaForm
            schema={schema} isWritten initial={given.value} formKey={form.docKey && `${form.docKey} ${given.count}`} draftKey={`try:${form.draftKey}`}
            errors={trial.errors} busy={trial.running} submitLabel="Run draft" onSubmit={trial.run}
          />}
        </Frame.Provider>
      </div>
      {(trial.running || trial.ran) && <Result trial={trial} onGo={(problem) => form.mark("source_code", { ...problem })} />}
    </aside>
  );
}

/** The schema of the draft, as it is written; a text that is none, or none yet, changes nothing. */
function useSchema(form) {
  // Unknown until the fields of the form are there.
  const [schema, setSchema] = useState(undefined);
  useEffect(() => {
    if (!form.docKey) return undefined;
    const look = (text) => setSchema((before) => schemaOf(text) ?? (text.trim() ? (before ?? null) : null));
    look(form.texts().input_schema ?? "");
    return follow(`${form.draftKey}.input_schema`, look);
  }, [form.docKey, form.draftKey]);
  return schema;
}

/** A new sample replaces the input only when somebody asked for one. */
function useSample(docKey, sample, sampleCount) {
  const [taken, setTaken] = useState({ count: 0 });
  const asked = useRef(null);
  useEffect(() => {
    if (asked.current === null || sampleCount === asked.current) return;
    asked.current = null;
    if (sample) setTaken(({ count }) => ({ count: count + 1, text: sample }));
  }, [sampleCount, sample]);
  const text = taken.text ?? sample;
  return { count: taken.count, value: text ? JSON.parse(text) : null, ask: () => (asked.current = sampleCount) };
}

function useTrial(form) {
  const server = useServer();
  const [state, setState] = useState({ told: NOTHING_HEARD, errors: NONE });
  const stopper = useRef(null);
  useEffect(() => () => stopper.current?.abort(), []);

  async function run(input) {
    if (stopper.current) return;
    const { draft, wrong } = drafted(form.texts(), input);
    if (wrong) return void setState({ told: NOTHING_HEARD, errors: [wrong] });
    const began = Date.now();
    const { signal } = (stopper.current = new AbortController());
    let told = NOTHING_HEARD;
    let frame = 0;
    const show = (more = {}) => setState({ told, errors: NONE, running: true, ran: true, began, ...more });
    form.mark("source_code", undefined);
    show();
    const refused = await runTrial(server, draft, signal, (news) => {
      told = heard(told, news);
      frame ||= requestAnimationFrame(() => {
        frame = 0;
        if (stopper.current?.signal === signal) show();
      });
    });
    cancelAnimationFrame(frame);
    stopper.current = null;
    if (refused) return void setState({ told: NOTHING_HEARD, errors: errorsOf(refused) });
    show({ running: false, stopped: signal.aborted });
    const place = placeOf(told.end);
    if (place) form.mark("source_code", place);
  }
  return { ...state, run, stop: () => stopper.current?.abort() };
}

const errorsOf = ({ message, fields }) => {
  const named = Object.entries(fields).map(([field, text]) => ({ field, message: text }));
  return named.length ? named : [{ field: "", message }];
};

/** The draft as it is sent, or why it cannot be. */
function drafted(texts, input) {
  const draft = { source_code: texts.source_code ?? "", input: JSON.parse(input || "null") };
  for (const name of SCHEMAS) {
    try {
      draft[name] = texts[name]?.trim() ? JSON.parse(texts[name]) : null;
    } catch {
      return { wrong: { field: "", message: `The ${name.replace("_", " ")} is not JSON yet.` } };
    }
  }
  return { draft };
}

function Result({ trial, onGo }) {
  const { told, running, stopped, began } = trial;
  const { end, error } = told;
  return (
    <div className="try-it-result" aria-busy={running || undefined}>
      <div className="row">
        <span role="status"><Outcome {...{ end, error, running, stopped, began }} /></span>
        <span className="grow" />
        {running && <Button size="small" danger onClick={trial.stop}>Stop</Button>}
      </div>
      {running && told.progress !== undefined && <p className="dim">{Math.round(100 * told.progress)} %{told.note && ` · ${told.note}`}</p>}
      <Failure end={end} error={error} onGo={onGo} />
      <Lines told={told} running={running} />
      {end && end.output !== undefined && <Output value={end.output} />}
    </div>
  );
}

function Outcome({ end, error, running, stopped, began }) {
  if (running) return <span className="status run">Running… <Duration since={began} /></span>;
  if (stopped) return <span className="status">Stopped</span>;
  if (error || !end) return <span className="status bad">Not known</span>;
  const good = end.status === "COMPLETED";
  const took = end.duration_ms == null ? "" : ` in ${end.duration_ms.toLocaleString("en")} ms`;
  return <span className={`status ${good ? "ok" : "bad"}`}>{good ? `Completed${took}` : `Failed${took && ` after ${took.slice(4)}`}`}</span>;
}

function Failure({ end, error, onGo }) {
  const message = error?.message ?? end?.error_message;
  if (!message) return null;
  const place = placeOf(end);
  return (
    <p className="form-error" role="alert">
      {message} {place && <button type="button" className="plain link" onClick={() => onGo({ ...place, go: true })}>Line {place.line}</button>}
    </p>
  );
}

function Lines({ told: { lines, dropped }, running }) {
  const box = useRef(null);
  const atEnd = useRef(true);
  useEffect(() => {
    if (atEnd.current && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [lines]);
  if (!lines.length) return <p className="dim">{running ? "Nothing printed yet." : "Nothing was printed."}</p>;
  const scrolled = ({ currentTarget: at }) => (atEnd.current = at.scrollHeight - at.scrollTop - at.clientHeight < 30);
  return (
    <div className="log try-it-log" role="region" aria-label="Log of the draft" tabIndex={0} ref={box} onScroll={scrolled}>
      {dropped > 0 && <div className="dim">{dropped.toLocaleString("en")} earlier lines are not shown</div>}
      {lines.map((line) => <Line key={line.seq} line={line} />)}
    </div>
  );
}

const Line = memo(function Line({ line: { level = "info", source = "task", text = "" } }) {
  return (
    <div className="try-it-line" data-level={level} data-source={source}>
      {level !== "info" && <b>{level} </b>}
      <Pieces of={text} />
    </div>
  );
});

function Output({ value }) {
  const text = JSON.stringify(value, null, 2);
  const shown = text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}\n… ${(text.length - MOST_SHOWN).toLocaleString("en")} characters more` : text;
  return (
    <div>
      <h3>Output</h3>
      <pre className="json" tabIndex={0} aria-label="Output of the draft">{shown}</pre>
    </div>
  );
}
