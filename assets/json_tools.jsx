// What stands above a JSON document: search, tree or text, and what can be copied.
import { useEffect, useRef, useState } from "react";
import { copied } from "./clipboard.js";
import { downloadOf } from "./json_source.js";

const SEARCH_MS = 200;
// Of so few rows none need be searched for.
const FEW = 8;
const SHORT = 500;

/** A search that goes from place to place: `{text, setText, at, count, more, go}`; `onPlace` hears where it is. */
export function useSearch(doc, onPlace) {
  const [text, setText] = useState("");
  const [found, setFound] = useState({ of: "", count: 0, more: false, at: -1 });
  const asked = useRef(0);
  const place = async (n, state) => {
    const mine = asked.current;
    const told = await doc.call("reveal", n);
    const [row] = await doc.call("rows", told.row, told.row + 1);
    if (mine !== asked.current) return;
    setFound({ ...state, at: n });
    onPlace({ ...told, path: row.path });
  };
  useEffect(() => {
    const mine = ++asked.current;
    const timer = setTimeout(async () => {
      const told = await doc.call("search", text);
      if (mine !== asked.current) return;
      const state = { of: text, turn: mine, ...told, at: -1 };
      setFound(state);
      if (told.count) place(0, state);
    }, text ? SEARCH_MS : 0);
    return () => clearTimeout(timer);
  }, [text]);
  // Until the search for what is typed has ended there is nowhere to go.
  const go = (by) => found.turn === asked.current && found.count && place((found.at + by + found.count) % found.count, found);
  return { text, setText, ...found, go };
}

export function JsonTools({ doc, way, onWay, label, search, selected, note, path, onAll, onNone }) {
  const [pathText, setPathText] = useState("$");
  const [told, setTold] = useState("");
  const tree = way === "tree";
  useEffect(() => {
    let wanted = true;
    doc.call("pathText", selected.path).then((text) => wanted && setPathText(text));
    return () => {
      wanted = false;
    };
  }, [selected.path]);
  const copy = async (what, text) => setTold((await copied(text)) ? `Copied the ${what}` : "The browser did not allow to copy");
  const press = (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    search.go(event.shiftKey ? -1 : 1);
  };
  return (
    <>
      <div className="card-head json-head">
        <h2>{label}</h2>
        <div className="json-ways" role="group" aria-label={`Show the ${label.toLowerCase()}`}>
          <button type="button" aria-pressed={tree} onClick={() => onWay("tree")}>Tree</button>
          <button type="button" aria-pressed={!tree} onClick={() => onWay("text")}>Raw</button>
        </div>
        <span className="grow" />
        {path && <a href={downloadOf(path)} download className="link">Download</a>}
        <button type="button" className="plain link" onClick={() => copy(label.toLowerCase(), () => doc.call("valueText", []))}>Copy all</button>
      </div>
      {tree && (doc.about.rows > FEW || doc.about.characters > SHORT) && (
        <div className="json-tools">
          <input type="search" className="json-search" placeholder="Search keys and values" aria-label={`Search in the ${label.toLowerCase()}`} value={search.text} onChange={(event) => search.setText(event.target.value)} onKeyDown={press} />
          {search.text && (
            <>
              <span className="json-count" role="status">{search.of !== search.text ? "…" : search.count ? `${(search.at + 1).toLocaleString("en")} of ${search.count.toLocaleString("en")}${search.more ? "+" : ""}` : "Nothing found"}</span>
              <button type="button" className="plain link" disabled={!search.count} onClick={() => search.go(-1)}>Previous</button>
              <button type="button" className="plain link" disabled={!search.count} onClick={() => search.go(1)}>Next</button>
            </>
          )}
          <span className="grow" />
          <button type="button" className="plain link" onClick={onAll}>Open all</button>
          <button type="button" className="plain link" onClick={onNone}>Close all</button>
        </div>
      )}
      {tree && (
        <div className="json-path">
          <code>{pathText}</code>
          <button type="button" className="plain link" onClick={() => copy("path", async () => pathText)}>Copy path</button>
          <button type="button" className="plain link" onClick={() => copy("value", () => doc.call("valueText", selected.path))}>Copy value</button>
          <span role="status" className="dim">{told}</span>
        </div>
      )}
      {tree && note && <p className="json-note" role="status">{note}</p>}
    </>
  );
}
