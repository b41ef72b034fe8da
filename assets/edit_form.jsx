// What a form is made from. A form that somebody writes in keeps the text that they began with, and its name
// (`base`), however often the server's word for it changes; whoever leaves it with something unsaved is asked.
import { createContext, useCallback, useContext, useEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { useBlocker, useLocation, useNavigate, useSearchParams } from "react-router";
import { Button, Modal } from "antd";
import { Marks } from "./code_editor.jsx";
import { Frame, changed, drafts, forget, keepAside, kept, putBack, unsaved } from "./draft.js";
import { serverOf, withServer } from "./server_address.js";
import { useServer } from "./server.jsx";
import "./edit_form.css";

export const Form = createContext(null);

/**
 * Stands around a form. `docKey` names the document of the server, `base` what a change to it is made from;
 * `latest` is what it would be made from now. A new `savedKey` leads to the page `savedTo`.
 * `onTake()` reads the document anew, `onCompare(fields)` shows both versions. An address may name the line of
 * the source where it failed: `?line=7`.
 */
export function EditForm({ docKey = "", draftKey, base = "", latest, savedKey, savedTo, children, ...calls }) {
  const [held, setHeld] = useState(() => take({ gen: 0 }, docKey, draftKey, base));
  const other = docKey !== held.docKey || draftKey !== held.draftKey;
  if (docKey && other && (draftKey !== held.draftKey || !unsaved(held.draftKey))) setHeld(take(held, docKey, draftKey, base));
  useEffect(() => remember(held), [held]);
  const sent = useArrival(savedKey, savedTo);

  const submitted = ({ target }) => {
    // The form of another widget may stand inside.
    if (!target.elements.changed) return;
    sent.current = true;
    tell(target, held.draftKey);
  };
  const box = useRef(null);
  const [marks, setMarks] = useMarks(held.restored);
  const again = (changes) => setHeld((was) => ({ ...was, atNotes: false, ...changes, gen: was.gen + 1 }));
  const form = {
    ...held, latest, current: { docKey, base },
    texts: () => Object.fromEntries(new FormData(box.current.querySelector("form"))),
    mark: (name, problem) => setMarks({ [name]: problem }),
    rebase: (next) => flushSync(() => setHeld((was) => ({ ...was, base: next }))),
    takeTheirs() {
      keepAside(draftKey);
      again({ docKey, base, restored: false, atNotes: true });
      calls.onTake?.();
    },
    startOver() {
      forget(draftKey);
      again({ docKey, base, restored: false });
    },
    bringBack() {
      putBack(draftKey);
      again({ restored: true, atNotes: true });
    },
    dropKept: () => again(forget(`${draftKey}~`)),
    compare(element) {
      tell(element.closest("form"), draftKey);
      calls.onCompare?.(Object.fromEntries(new FormData(element.closest("form"))));
    },
  };
  return (
    <Form.Provider value={form}>
      <Frame.Provider value={held.docKey}>
        <Guard key={held.draftKey} draftKey={held.draftKey} />
        <Marks.Provider value={{ ...marks, forget: () => setMarks({}) }}>
          <div key={`${held.docKey} ${held.gen}`} ref={box} className="edit-form" onSubmitCapture={submitted}>
            {children}
          </div>
        </Marks.Provider>
      </Frame.Provider>
    </Form.Provider>
  );
}

/** What the form is made from, and what of it was changed, as two of its fields. */
export function BaseFields() {
  const { base } = useContext(Form);
  return (
    <>
      <input type="hidden" name="base" value={base} readOnly />
      <textarea hidden readOnly name="changed" defaultValue="" />
    </>
  );
}

const tell = (form, draftKey) => (form.elements.changed.value = changed(draftKey).join(" "));

const BASE = (draftKey) => `ratchet.base.${draftKey}`;

function remember({ docKey, draftKey, base }) {
  if (!docKey) return;
  try {
    sessionStorage.setItem(BASE(draftKey), base);
  } catch {
    // Without storage there are no drafts either.
  }
}

/** Marks of texts by name. They begin with the line that the address names, which a draft has not. */
function useMarks(restored) {
  const [params] = useSearchParams();
  const [marks, setMarks] = useState(() => atLine(params.get("line") ?? ""));
  return [restored && marks.begins ? {} : marks, setMarks];
}

const atLine = (line) =>
  /^[1-9]\d{0,6}$/.test(line) ? { begins: true, source_code: { line: Number(line), message: "It failed here.", go: true } } : {};

/** The state of a form that takes a document: what is left of a draft goes on from its own base. */
function take({ gen, atNotes }, docKey, draftKey, base) {
  if (!docKey) return { gen, docKey, draftKey, base, restored: false };
  const restored = drafts(draftKey).length > 0;
  const begun = restored && sessionStorage.getItem(BASE(draftKey));
  return { gen: gen + 1, docKey, draftKey, base: begun || base, restored, atNotes };
}

// The fields have dropped their drafts by then: effects of children come first. What was saved before this
// form was drawn leads nowhere: its state is told anew when a page opens.
function useArrival(savedKey, savedTo) {
  const navigate = useNavigate();
  const server = useServer();
  const known = useRef(savedKey);
  const sent = useRef(false);
  useEffect(() => {
    const news = savedKey !== known.current;
    known.current = savedKey;
    if (!news || !savedKey || !savedTo || !sent.current) return;
    sent.current = false;
    navigate(withServer(savedTo, server));
  }, [savedKey, savedTo]);
  return sent;
}

/** What to know before writing on: what was restored, what somebody else did, what was put aside. */
export function EditNotes() {
  const form = useContext(Form);
  const aside = kept(form.draftKey);
  const stale = form.latest && form.base.startsWith("r") && form.latest !== form.base.split("-")[0];
  const box = useRef(null);
  // The button that was pressed has gone with the texts: who pressed it goes on from the notes.
  useEffect(() => {
    if (!form.atNotes) return;
    const next = box.current.querySelector(".edit-note:last-child button");
    next?.focus({ preventScroll: true });
    next?.scrollIntoView({ block: "center" });
  }, []);
  return (
    <div className="edit-notes" aria-live="polite" ref={box}>
      {stale && <Stale form={form} />}
      {form.restored && !stale && (
        <Note text="What you typed here before and did not save is back.">
          <Button size="small" onClick={form.startOver}>Start over</Button>
        </Note>
      )}
      {aside.length > 0 && (
        <Note text="The text that you put aside is kept in this tab.">
          <Button size="small" onClick={form.bringBack}>Bring it back</Button>
          <Button size="small" onClick={form.dropKept}>Throw it away</Button>
        </Note>
      )}
    </div>
  );
}

function Stale({ form }) {
  const mine = unsaved(form.draftKey) || form.restored;
  return (
    <Note kind="warn" text="Changed by someone else since you opened it.">
      {mine
        ? <Button size="small" onClick={(event) => form.compare(event.currentTarget)}>Compare</Button>
        : <Button size="small" onClick={form.takeTheirs}>Show the newest</Button>}
    </Note>
  );
}

const Note = ({ text, kind = "info", children }) => (
  <div className="notice edit-note" data-kind={kind}><span>{text}</span>{children}</div>
);

/** The ways out of a conflict; `base` is that of the other version. It asks for the focus where it appears. */
export function ConflictChoices({ base, onGoOn }) {
  const form = useContext(Form);
  const box = useRef(null);
  useEffect(() => {
    box.current.closest("section")?.scrollIntoView({ block: "start" });
    box.current.querySelector("button").focus({ preventScroll: true });
  }, [base]);
  const keepMine = (event) => {
    const element = event.currentTarget.closest("form");
    form.rebase(base);
    element.requestSubmit();
  };
  return (
    <div className="row" ref={box}>
      <Button type="primary" onClick={keepMine}>Keep mine</Button>
      <Button onClick={form.takeTheirs}>Take theirs</Button>
      <Button onClick={() => onGoOn?.()}>Go on editing</Button>
    </div>
  );
}

/** Why nothing was saved. Each stumble over a marked field leads to the first one. */
export function Unsaved({ text, stumbles = 0 }) {
  const box = useRef(null);
  const known = useRef(stumbles);
  useEffect(() => {
    const more = stumbles > known.current;
    known.current = stumbles;
    const wrong = more && box.current.closest(".edit-form").querySelector('[aria-invalid="true"], section[data-invalid]');
    if (wrong) show(wrong);
  }, [stumbles]);
  return <span ref={box} className="form-error" role="status">{text}</span>;
}

function show(wrong) {
  const field = wrong.matches("section") ? wrong.querySelector(".cm-content, input, select, textarea:not([hidden])") : wrong;
  field?.focus({ preventScroll: true });
  wrong.scrollIntoView({ block: wrong.offsetHeight > window.innerHeight / 2 ? "start" : "center" });
}

function Guard({ draftKey }) {
  // It guards the page that it stands on: Back, pressed before that page is gone for good, holds up nobody.
  const [own] = useState(useLocation().pathname);
  const blocker = useBlocker(useCallback(({ currentLocation: from, nextLocation: to }) => (
    from.pathname === own && (from.pathname !== to.pathname || serverOf(from.search) !== serverOf(to.search)) && unsaved(draftKey)
  ), [draftKey, own]));
  useEffect(() => {
    const ask = (event) => unsaved(draftKey) && event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [draftKey]);
  const discard = () => {
    forget(draftKey);
    blocker.proceed();
  };
  return (
    <Modal
      open={blocker.state === "blocked"} title="Leave without saving?" onCancel={() => blocker.reset?.()} width="min(440px, calc(100vw - 32px))"
      footer={[
        <Button key="discard" danger onClick={discard}>Discard the draft</Button>,
        <Button key="leave" onClick={() => blocker.proceed()}>Leave</Button>,
        <Button key="stay" type="primary" autoFocus onClick={() => blocker.reset()}>Stay</Button>,
      ]}
    >
      What you typed is not saved. Your draft is kept in this tab until you close it.
    </Modal>
  );
}
