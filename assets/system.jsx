// The system page's own parts: a figure in words, and the Prometheus text with its search.
import { memo, useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import { Button, Input } from "antd";
import { fetch } from "./base.js";
import { copied } from "./clipboard.js";
import { Ago } from "./clock.jsx";
import { figure, linesOf, matching, pieces } from "./figures.js";
import { useServer } from "./server.jsx";
import { withServer } from "./server_address.js";
import "./system.css";

const BLOCK = 200; // lines that the browser lays out, or leaves alone, together
const SHOWN = 2000; // lines with hits that are drawn

/** A figure in words. */
export function Figure({ value, unit }) {
  return <span className={value == null || value === "" ? "dim" : undefined}>{figure(value, unit)}</span>;
}

/** The text of `GET {path}` of the page's server. Another server gets a fresh view. */
export function MetricsText({ path }) {
  const src = withServer(path, useServer());
  return <Text key={src} src={src} />;
}

/** Read when it opens and when asked for again; searched here. */
function Text({ src }) {
  const { found, failure, busy, read } = useText(src);
  const [query, setQuery] = useQuery("q");
  const wanted = useDeferredValue(query);
  const lines = useMemo(() => linesOf(found?.text ?? ""), [found]);
  const match = useMemo(() => matching(lines, wanted), [lines, wanted]);
  const searched = wanted.trim() !== "";
  const said = !found ? "" : searched ? `${count(match.hits, "hit")} in ${match.lines.length.toLocaleString("en")} of ${count(lines.length, "line")}` : count(lines.length, "line");
  return (
    <>
      <div className="metrics-tools">
        <Input
          className="metrics-find" value={query} onChange={(event) => setQuery(event.target.value)} allowClear
          placeholder="Find in the metrics" aria-label="Find in the metrics"
          onKeyDown={(event) => event.key === "Escape" && setQuery("")}
        />
        <span role="status" className="dim">{said}</span>
        <span className="grow" />
        <CopyLines lines={match.lines} searched={searched} />
        {!failure && <Button onClick={read} loading={busy && Boolean(found)} disabled={busy}>Read again</Button>}
      </div>
      {failure && <Failure failure={failure} found={found} again={read} />}
      {found && !found.complete && (
        <div className="notice" role="note" data-kind="info">
          The text has {figure(found.size, "bytes")}; this is the first megabyte of it. The search sees only this part.
        </div>
      )}
      {found ? <Lines lines={match.lines} query={searched ? wanted : ""} stale={Boolean(failure)} /> : !failure && <Skeleton />}
      {found && (
        <p className="metrics-foot dim">
          Read <Ago at={found.read_at} />. Prometheus reads it at <code>{found.address}</code>
        </p>
      )}
    </>
  );
}

function Lines({ lines, query, stale }) {
  const shown = query ? lines.slice(0, SHOWN) : lines;
  const blocks = useMemo(() => blocksOf(shown), [shown]);
  return (
    <>
      <div className={`card metrics-text${stale ? " stale" : ""}`} role="region" aria-label="Prometheus text" tabIndex={0}>
        {blocks.map((block, place) => <Block key={place} lines={block} query={query} />)}
        {!lines.length && <p className="dim">{query ? "No line holds this." : "The text is empty."}</p>}
      </div>
      {shown.length < lines.length && <p className="dim">The first {SHOWN.toLocaleString("en")} of these lines are shown.</p>}
    </>
  );
}

const Block = memo(function Block({ lines, query }) {
  return (
    <div className="metrics-block" style={{ containIntrinsicSize: `auto ${lines.length * 20}px` }}>
      {lines.map((line, place) => <Line key={place} line={line} query={query} />)}
    </div>
  );
});

function Line({ line, query }) {
  const kind = line.startsWith("#") ? "dim" : undefined;
  if (!query) return <div className={kind}>{line || " "}</div>;
  const marked = pieces(line, query).map(([text, hit], place) => (hit ? <mark key={place}>{text}</mark> : text));
  return <div className={kind}>{marked}</div>;
}

function Skeleton() {
  const widths = [62, 44, 70, 58, 36, 66, 48, 72, 40, 54, 60, 46];
  return (
    <div className="card metrics-text" aria-busy="true" aria-label="Loading">
      {widths.map((width, place) => <div key={place}><span className="skeleton" style={{ width: `${width}%`, maxWidth: "none" }} /></div>)}
    </div>
  );
}

function Failure({ failure, found, again }) {
  return (
    <div className="notice" role="alert" data-kind="error">
      <div>
        <h2>The metrics could not be read</h2>
        <p>{failure.message}</p>
        {found && <p>What you see was read <Ago at={found.read_at} />.</p>}
        {failure.request_id && <p className="dim">Request <code>{failure.request_id}</code></p>}
      </div>
      <span className="grow" />
      <Button onClick={again}>Try again</Button>
    </div>
  );
}

function CopyLines({ lines, searched }) {
  const [told, setTold] = useState("");
  const timer = useRef();
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = async () => {
    const done = await copied(() => lines.map((line) => `${line}\n`).join(""));
    setTold(done ? "Copied" : "Not copied");
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setTold(""), 2000);
  };
  const label = searched ? `Copy ${count(lines.length, "line")}` : "Copy all";
  return (
    <>
      <Button onClick={copy} disabled={!lines.length} className="metrics-copy">{told || label}</Button>
      <span role="status" className="visually-hidden">{told}</span>
    </>
  );
}

function useText(src) {
  const [found, setFound] = useState(null);
  const [failure, setFailure] = useState(null);
  const [busy, setBusy] = useState(true);
  const turn = useRef(0);
  const read = useCallback(async () => {
    const mine = ++turn.current;
    setBusy(true);
    const { text, error } = await fetched(src);
    if (mine !== turn.current) return;
    setBusy(false);
    setFailure(error ?? null);
    if (text) setFound(text);
  }, [src]);
  useEffect(() => {
    read();
    return () => void turn.current++;
  }, [read]);
  return { found, failure, busy, read };
}

async function fetched(src) {
  const response = await fetch(src).catch(() => null);
  if (!response) return { error: { message: "The console cannot be reached" } };
  const told = await response.json().catch(() => null);
  if (response.ok && told) return { text: told };
  return { error: told?.message ? told : { message: `The console answered with status ${response.status}` } };
}

/** What is looked for, kept in the address without a step in the history. */
function useQuery(name) {
  const [query, set] = useState(() => new URLSearchParams(window.location.search).get(name) ?? "");
  const change = (text) => {
    set(text);
    const params = new URLSearchParams(window.location.search);
    if (text) params.set(name, text);
    else params.delete(name);
    window.history.replaceState(window.history.state, "", `?${params}`);
  };
  return [query, change];
}

function blocksOf(lines) {
  const blocks = [];
  for (let at = 0; at < lines.length; at += BLOCK) blocks.push(lines.slice(at, at + BLOCK));
  return blocks;
}

function count(n, noun) {
  return `${n.toLocaleString("en")} ${noun}${n === 1 ? "" : "s"}`;
}
