// The command palette: one field for pages, rows and commands. What answers comes in its own file (palette_list.jsx);
// what is typed before it is there is not lost.
import { useEffect, useId, useRef, useState } from "react";
import { useHydrated } from "./address.jsx";
import { pathOf } from "./base.js";
import { isAsking } from "./keys.js";
import { nothing, useLazy } from "./lazy.js";
import { useLive } from "./live.js";
import { onPalette, openPalette } from "./palette_open.js";
import { useServer } from "./server.jsx";
import { visit, visited } from "./visited.js";
import "./palette.css";

const loadList = () => import("./palette_list.jsx");
const isMac = () => /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? "");
// Elsewhere Ctrl+K deletes to the end of a line, as people there expect.
const isHotkey = (event) =>
  event.key.toLowerCase() === "k" && (isMac() ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey) && !event.shiftKey && !event.altKey;

/** The button that opens it, and the palette itself; mounted once, in the header. `named` is as in bell.jsx. */
export function Palette({ named }) {
  const [open, setOpen] = useState(false);
  const [near, setNear] = useState(false);
  const list = useLazy(open || near ? loadList : nothing);
  const mac = useHydrated() && isMac();
  const who = useLive("link").about.account?.name ?? named ?? "";
  useVisits(who);
  useEffect(() => onPalette(() => isAsking() || setOpen(true)), []);
  useEffect(() => {
    const press = (event) => {
      if (!isHotkey(event)) return;
      event.preventDefault();
      if (!event.repeat) openPalette();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
  return (
    <>
      <button type="button" className="plain palette-button" aria-label="Search and commands" aria-haspopup="dialog" aria-keyshortcuts={mac ? "Meta+K" : "Control+K"} title={mac ? "⌘K" : "Ctrl+K"} onClick={openPalette} onPointerEnter={() => setNear(true)} onFocus={() => setNear(true)}>
        <Glass />
        <span className="label">Search…</span>
        <kbd>{mac ? "⌘K" : "Ctrl K"}</kbd>
      </button>
      {open && <Box list={list} who={who} onClosed={() => setOpen(false)} />}
    </>
  );
}

const Glass = () => (
  <svg viewBox="0 0 16 16" className="icon" aria-hidden="true"><path d="M7 2.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9M10.5 10.5l3 3" /></svg>
);

function Box({ list: { loaded, failed, retry }, who, onClosed }) {
  const dialog = useRef(null);
  const id = useId();
  const [text, setText] = useState("");
  const [shown, setShown] = useState({ active: undefined, some: false });
  const keys = useRef(null); // what the list makes of a key
  const early = useRef(false); // Enter came before the list
  const picked = useRef(null);
  useEffect(() => dialog.current.showModal(), []);

  const press = (event) => {
    if (event.nativeEvent.isComposing) return;
    if (isHotkey(event)) {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (keys.current) keys.current(event);
    else if (event.key === "Enter") early.current = true;
  };
  const over = useRef(false);
  // The focus is back where it was before what was picked is done.
  const closed = () => {
    if (over.current) return;
    over.current = true;
    onClosed();
    picked.current?.();
  };
  // Not when the browser tells that it is closed: who opens it again before that would be shut out.
  const close = () => {
    dialog.current.close();
    closed();
  };
  const cancel = (event) => {
    event.preventDefault();
    close();
  };
  const pick = (act) => {
    picked.current = act;
    close();
  };
  return (
    <dialog ref={dialog} className="palette" aria-label="Search and commands" onClose={closed} onCancel={cancel} onClick={(event) => event.target === dialog.current && close()}>
      <div className="palette-head">
        <Glass />
        <input
          type="text" role="combobox" aria-label="Search, or a command" aria-autocomplete="list" aria-expanded={shown.some} aria-controls={`${id}list`}
          aria-activedescendant={shown.active} autoComplete="off" autoCapitalize="off" spellCheck={false} maxLength={200} enterKeyHint="go"
          placeholder="A page, a name, an id, or a command" value={text} onChange={(event) => setText(event.target.value)} onKeyDown={press}
        />
        <button type="button" className="plain icon-button" aria-label="Close" onClick={close}>✕</button>
      </div>
      {loaded ? <loaded.PaletteList id={id} text={text} keys={keys} early={early} visited={(server, now) => visited(server, who, now)} onShow={setShown} onPick={pick} />
        : failed ? <p className="palette-note" role="alert">The console does not answer. <button type="button" className="plain link" onClick={retry}>Try again</button></p>
          : <p className="palette-note" aria-busy="true">Loading…</p>}
    </dialog>
  );
}

/** Notes which rows' pages were open: whoever leaves one presses something first. Right after a link the page before is still shown. */
function useVisits(who) {
  const server = useServer();
  const { ready } = useLive("link");
  useEffect(() => {
    const look = () => {
      const shown = document.querySelector("#main [data-row]");
      const path = pathOf(location);
      if (ready && shown?.dataset.row === path) visit(path, shown.querySelector("h1")?.textContent.trim(), server, who);
    };
    addEventListener("pointerdown", look, true);
    addEventListener("keydown", look, true);
    return () => {
      removeEventListener("pointerdown", look, true);
      removeEventListener("keydown", look, true);
    };
  }, [server, who, ready]);
}
