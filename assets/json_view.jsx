// A JSON document as a tree or as text, to be searched and copied from; however large, the page draws a window of it.
import { useEffect, useState } from "react";
import { Button } from "antd";
import { JsonTools, useSearch } from "./json_tools.jsx";
import { downloadOf, localDoc, remoteDoc } from "./json_source.js";
import { JsonText, JsonTree } from "./json_windows.jsx";
import { useServer } from "./server.jsx";
import { withServer } from "./server_address.js";
import "./json_view.css";

// Longer documents are shown only when somebody asks for them.
const AT_ONCE = 2_000_000;

/**
 * `text` is the document, where it is short; else it comes from `src`, and `size` tells its characters. A new
 * `version` is another document. Without a document `empty` says why.
 */
export function JsonView({ text, src, size = 0, version = "", label, empty = "Nothing." }) {
  const server = useServer();
  const path = src && withServer(src, server);
  const [wanted, setWanted] = useState("");
  const remote = !text && size > 0;
  const open = !remote || size <= AT_ONCE || wanted === path;
  const { doc, failure, retry } = useDoc(text, remote && open ? path : "", version);
  const [way, setWay] = useState("tree");
  return (
    <section className="card json-view" aria-label={label} data-ready={doc ? "" : undefined}>
      {doc ? <Document key={doc.id} doc={doc} way={way} onWay={setWay} label={label} text={text} path={path} /> : (
        <>
          <div className="card-head"><h2>{label}</h2></div>
          {!open ? <Ask size={size} path={path} onOpen={() => setWanted(path)} />
            : failure ? <p className="pad" role="alert">It could not be read: {failure}. <Button size="small" onClick={retry}>Try again</Button></p>
              : remote || text ? <p className="pad dim" aria-busy="true">Reading…</p> : <p className="pad dim">{empty}</p>}
        </>
      )}
    </section>
  );
}

function Ask({ size, path, onOpen }) {
  return (
    <div className="pad row">
      <Button onClick={onOpen}>Show {(size / 1e6).toFixed(1)} MB</Button>
      <a href={downloadOf(path)} download>Download</a>
    </div>
  );
}

let documents = 0;

function useDoc(text, path, version) {
  const [state, setState] = useState({});
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    const leaving = new AbortController();
    const { signal } = leaving;
    const take = (made) => signal.aborted || setState({ doc: { ...made, id: ++documents }, of: text || path });
    if (text) {
      try {
        take(localDoc(text));
      } catch (error) {
        setState({ failure: error.message });
      }
    } else if (path) remoteDoc(path, signal).then(take, (error) => signal.aborted || setState({ failure: error.message }));
    else setState({});
    return () => leaving.abort();
  }, [text, path, attempt, text ? "" : version]);
  // What belongs to another document is not shown for it.
  return { ...state, doc: state.of === (text || path) ? state.doc : undefined, retry: () => { setState({}); setAttempt(attempt + 1); } };
}

function Document({ doc, way, onWay, label, text, path }) {
  const [about, setAbout] = useState(doc.about);
  const [selected, setSelected] = useState({ row: 0, path: [] });
  const [note, setNote] = useState("");
  const search = useSearch(doc, (found) => {
    setAbout(found);
    setSelected({ row: found.row, path: found.path, seek: {} });
  });
  const act = async (name, ...args) => {
    const told = await doc.call(name, ...args);
    setAbout(told);
    setNote(told.complete === false ? "Not everything was opened: there is too much of it." : "");
    if (name !== "toggle") setSelected({ row: 0, path: [], seek: {} });
  };
  const toggle = (path, open) => act("toggle", path, open);
  return (
    <>
      <JsonTools {...{ doc, way, onWay, label, search, selected, note, path }} onAll={() => act("openAll")} onNone={() => act("closeAll")} />
      {way === "tree" ? <JsonTree {...{ doc, about, label, selected, toggle }} onSelect={setSelected} />
        : text ? <pre className="json" tabIndex={0} aria-label={`${label} as text`}>{text}</pre>
          : <JsonText doc={doc} label={`${label} as text`} />}
    </>
  );
}
