// What differs between the inputs, outputs or logs of two executions; what is long is read when it is needed.
import { useEffect, useState } from "react";
import { fetch } from "./base.js";
import { DiffView } from "./diff.jsx";
import { MOST_CHARACTERS } from "./diff_lines.js";
import { useServer } from "./server.jsx";
import { withServer } from "./server_address.js";

// How a text is made of what an address answers.
const READERS = {
  json: async (response) => JSON.stringify(await response.json(), null, 2),
  log: async (response) => (await response.json()).lines.map(({ level, text }) => `${level} ${text}`).join("\n"),
};

/**
 * `before` and `after`: `{text, size, src}`, as `JsonView` takes them; for logs only `src`. `version` as there.
 * Nothing is asked for while one of the two is too long to be compared.
 */
export function PayloadDiff({ before, after, kind = "json", version = "", beforeLabel, afterLabel, label }) {
  const long = (before.size ?? 0) + (after.size ?? 0) > MOST_CHARACTERS;
  const left = useText(before, kind, version, long);
  const right = useText(after, kind, version, long);
  if (long) return <p className="card pad dim">Too large to compare here: {((before.size + after.size) / 1e6).toFixed(1)} million characters together.</p>;
  const failed = left.failure ?? right.failure;
  if (failed) return <p className="card pad" role="alert">It could not be read: {failed}.</p>;
  return <DiffView before={left.text} after={right.text} {...{ beforeLabel, afterLabel, label }} />;
}

function useText({ text, size, src }, kind, version, long) {
  const server = useServer();
  const path = withServer(src, server);
  const known = text || (kind === "json" && !size) ? (text ?? "") : null;
  const [read, setRead] = useState({});
  useEffect(() => {
    if (known !== null || long) return undefined;
    const stop = new AbortController();
    (async () => {
      const response = await fetch(path, { signal: stop.signal, cache: "no-store" });
      if (!response.ok) throw new Error((await response.json().catch(() => ({}))).message ?? `HTTP ${response.status}`);
      setRead({ of: path, text: await READERS[kind](response) });
    })().catch((error) => stop.signal.aborted || setRead({ of: path, failure: error.message }));
    return () => stop.abort();
  }, [known, long, path, kind, version]);
  if (known !== null) return { text: known };
  // What was read of another address is not shown for this one.
  return { text: null, ...(read.of === path ? read : {}) };
}
