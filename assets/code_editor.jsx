// An editor for JavaScript and JSON. CodeMirror comes after the first paint; a skeleton of its size stands there until then.
import { createContext, useContext, useEffect, useId, useMemo, useRef, useState } from "react";
import { Button } from "antd";
import { useDocument, useFormText } from "./draft.js";
import { useLazy } from "./lazy.js";
import "./code_editor.css";

const NONE = [];

/** What a form has found out about the texts of its editors besides: `{name: problem, forget(name)}`; one with `go` is gone to. */
export const Marks = createContext({});

const NAMES = { javascript: "JavaScript", json: "JSON" };

const together = async (...parts) => Object.assign({}, ...(await Promise.all(parts)));
const loadEditor = {
  javascript: () => together(import("./code_editor_view.js"), import("./code_javascript.js")),
  json: () => together(import("./code_editor_view.js"), import("./code_json.js")),
};

/** The widget of the pages: a document of the server, its draft, and word of each pause in typing. */
export function CodeEditor({ value = "", docKey, draftKey, savedKey, onChange, onDraftRestored, name, problems = NONE, ...rest }) {
  const doc = useDocument({ value, docKey, draftKey, savedKey, onChange, onRestored: onDraftRestored });
  const field = useRef(null);
  const editor = useRef(null);
  const { [name]: mark, forget } = useContext(Marks);
  const all = useMemo(() => (mark ? [...problems, mark] : problems), [problems, mark]);
  const [ready, setReady] = useState(false);
  useEffect(() => void (mark?.go && editor.current?.goTo(mark)), [mark, ready]);
  useFormText(field, name, doc);
  const typed = (read) => {
    // It was about another text.
    if (mark) forget(name);
    doc.touched(read);
  };
  return (
    <>
      <Editor docId={doc.id} text={doc.text} known={docKey !== "" || doc.docKey !== ""} onTyped={typed} onBlur={doc.flush} onReady={() => setReady(true)} handle={editor} problems={all} {...rest} />
      {name && <textarea ref={field} hidden readOnly name={name} />}
    </>
  );
}

/** The bare editor: owns its text, takes `text` anew only when `docId` changes. `handle` gets `{focus, goTo}`. `onTyped(read)` hears what `onInput(text)` does, and reads the text when it likes. */
export function Editor({
  docId, text, known = true, language = "javascript", label, height = 320, readOnly = false, problems = NONE, onInput, onTyped, onBlur, onReady, handle,
}) {
  const { loaded, failed, retry } = useLazy(loadEditor[language]);
  const [found, setFound] = useState(NONE);
  const hint = useId();
  const box = useRef(null);
  const editor = useRef(null);
  const shownDoc = useRef(docId);
  const calls = useRef({});
  calls.current = { onInput, onTyped, onBlur };

  useEffect(() => {
    if (!loaded || !known) return undefined;
    shownDoc.current = docId;
    editor.current = loaded.createEditor({
      parent: box.current,
      text,
      language: loaded.language,
      label,
      describedBy: hint,
      checkJson: language === "json",
      onInput: (read) => (calls.current.onTyped ? calls.current.onTyped(read) : calls.current.onInput?.(read())),
      onBlur: () => calls.current.onBlur?.(),
      onProblems: setFound,
    });
    if (handle) handle.current = editor.current;
    onReady?.();
    return () => {
      editor.current.destroy();
      editor.current = null;
      if (handle) handle.current = null;
    };
    // The text belongs to the editor from here on: only another document replaces it.
  }, [loaded, known]);

  useEffect(() => {
    if (!editor.current || shownDoc.current === docId) return;
    shownDoc.current = docId;
    setFound(NONE);
    editor.current.setText(text);
  }, [docId, text]);
  useEffect(() => editor.current?.setReadOnly(readOnly), [loaded, known, docId, readOnly]);
  useEffect(() => {
    if (editor.current && (problems.length || found.length)) editor.current.setProblems(problems);
  }, [loaded, known, docId, problems]);

  const ready = loaded && known;
  const waiting = failed ? <Failed onRetry={retry} /> : <Skeleton label={label} />;
  return (
    <div className="code-editor" data-language={language} data-ready={ready ? "" : undefined} data-problems={found.length || undefined} style={{ height }}>
      <div className="code-editor-text" ref={box}>{ready ? null : waiting}</div>
      <span id={hint} className="visually-hidden">{readOnly ? "Read only" : "Control F finds; Tab indents; Escape, then Tab leaves the editor"}</span>
      {!readOnly && <Findings found={found} language={language} onGo={(place) => editor.current?.goTo(place)} />}
    </div>
  );
}

/** The first problem, always in the same place: a tooltip alone would hide it from touch and from screen readers. */
function Findings({ found, language, onGo }) {
  const [first] = found;
  return (
    <div className="code-editor-findings" role="status">
      {!first && <span>{NAMES[language]}</span>}
      {first && (
        <button type="button" onClick={() => onGo(first)}>
          <b>Line {first.line}, column {first.column}</b> {first.message}
        </button>
      )}
      {found.length > 1 && <span>and {found.length - 1} more</span>}
    </div>
  );
}

function Skeleton({ label }) {
  return (
    <div className="code-editor-skeleton" role="status" aria-label={`Loading the editor: ${label}`}>
      {[34, 52, 46, 61, 28, 40].map((width, i) => <i key={i} style={{ width: `${width}%` }} />)}
    </div>
  );
}

function Failed({ onRetry }) {
  return (
    <div className="code-editor-failed" role="alert">
      The editor could not be loaded.
      <Button size="small" onClick={onRetry}>Retry</Button>
    </div>
  );
}
