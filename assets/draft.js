// A text that a person types lives in the browser: the server's word replaces it only for another document.
// What was not saved survives a reload of the page, for as long as the tab is open.
import { createContext, useContext, useEffect, useRef } from "react";

const DEBOUNCE_MS = 300;

/** The key of the document that all fields of a form are of, where the form decides when it becomes another. */
export const Frame = createContext(null);

const readers = new Set();

/** Call `onText(text)` whenever typing in the document with this draft key pauses; returns the way to stop. */
export function follow(draftKey, onText) {
  const reader = (doc) => doc.draftKey === draftKey && onText(doc.latest);
  readers.add(reader);
  return () => readers.delete(reader);
}

// What is on the screen.
const open = new Set();
const of = (prefix) => [...open].filter((doc) => doc.draftKey.startsWith(`${prefix}.`));

/** Whether something typed below a draft key (`task.12`) is not saved. */
export const unsaved = (prefix) => changed(prefix).length > 0;

/** The names of what was changed below a draft key. */
export const changed = (prefix) =>
  of(prefix).filter((doc) => doc.latest !== doc.base).map((doc) => doc.draftKey.slice(prefix.length + 1));

/** The names of the drafts that are kept below a draft key. */
export function drafts(prefix) {
  const begins = NAME(`${prefix}.`);
  try {
    return Object.keys(sessionStorage).filter((key) => key.startsWith(begins)).map((key) => key.slice(begins.length));
  } catch {
    return [];
  }
}

/** Drop all drafts below a draft key, those on the screen too; these show it when they are drawn anew. */
export function forget(prefix) {
  for (const doc of of(prefix)) doc.abandon();
  for (const name of drafts(prefix)) drop(`${prefix}.${name}`);
}

/** Put the drafts aside: the fields begin anew, and `putBack` gives them back. */
export function keepAside(prefix) {
  for (const doc of of(prefix)) doc.flush();
  const mine = drafts(prefix).map((name) => [name, read(`${prefix}.${name}`)]);
  if (mine.length) forget(`${prefix}~`);
  for (const [name, text] of mine) write(`${prefix}~.${name}`, text);
  forget(prefix);
}

/** The names of the drafts that were put aside. */
export const kept = (prefix) => drafts(`${prefix}~`);

/** Make what was put aside drafts again. */
export function putBack(prefix) {
  for (const name of kept(prefix)) write(`${prefix}.${name}`, read(`${prefix}~.${name}`));
  forget(`${prefix}~`);
}

/**
 * The document that a widget edits: `{id, text, restored, changed, flush, startOver}`.
 *
 * `id` and `text` change together, when `docKey` does: then the widget takes `text`. An empty `docKey` means
 * "not known at the moment", as after a restart of the backend, and changes nothing. The widget reports each
 * input with `changed(text)`; `onChange(text)` hears of it when typing pauses, or at `flush()`.
 * With a `draftKey` the unsaved text is kept, and given back as `text` after a reload (`restored`,
 * `onRestored()`), or what `fit(text)` leaves of it. A new `savedKey` says that it was saved, `startOver()` that it is not wanted.
 */
export function useDocument({ value, docKey: own = "", draftKey = "", savedKey = "", onChange, onRestored, fit }) {
  const docKey = useContext(Frame) ?? own;
  const calls = useRef({});
  calls.current = { onChange, onRestored, fit };
  const doc = useRef(null);
  doc.current ??= new Document(value, docKey, draftKey, savedKey, calls);
  doc.current.meet(value, docKey, draftKey, savedKey);

  useEffect(() => doc.current.tell(value, docKey), [value, docKey]);
  useEffect(() => doc.current.saved(savedKey), [savedKey]);
  useEffect(() => {
    const flush = () => doc.current.flush();
    open.add(doc.current);
    window.addEventListener("pagehide", flush);
    return () => {
      window.removeEventListener("pagehide", flush);
      flush();
      open.delete(doc.current);
    };
  }, []);
  return doc.current;
}

/** Make the text of a document a field of the form around `field`, an element of that name. */
export function useFormText(field, name, doc) {
  useEffect(() => {
    const form = field.current?.form;
    if (!form) return undefined;
    const add = ({ formData }) => formData.set(name, doc.latest);
    form.addEventListener("formdata", add);
    return () => form.removeEventListener("formdata", add);
  }, [name, doc]);
}

class Document {
  constructor(value, docKey, draftKey, savedKey, calls) {
    this.calls = calls;
    this.seen = { value, docKey };
    this.changed = this.changed.bind(this);
    this.touched = this.touched.bind(this);
    this.flush = this.flush.bind(this);
    this.startOver = this.startOver.bind(this);
    this.id = 0;
    this.take(value, docKey, draftKey, savedKey);
  }

  /** Another document begins: with its draft, if one was left. */
  take(value, docKey, draftKey, savedKey) {
    clearTimeout(this.timer);
    if (this.waiting) this.keep();
    this.waiting = false;
    // The same draft under another document means that the text was replaced on purpose.
    if (draftKey && this.draftKey === draftKey && this.docKey) drop(draftKey);
    const draft = draftKey ? read(draftKey) : null;
    this.id++;
    this.docKey = docKey;
    this.draftKey = draftKey;
    this.savedKey = savedKey;
    this.base = value;
    this.restored = draft !== null && draft !== value;
    this.latest = this.text = this.restored ? draft : value;
    this.typed = false;
    this.untold = this.restored;
  }

  meet(value, docKey, draftKey, savedKey) {
    if (docKey && docKey !== this.docKey) this.take(value, docKey, draftKey, savedKey);
  }

  /** Tell the page what it cannot know: a restored draft, or the text after its state was lost. */
  tell(value, docKey) {
    const { seen } = this;
    this.seen = { value, docKey };
    if (this.untold) {
      this.untold = false;
      this.calls.current.onRestored?.();
      this.calls.current.onChange?.(this.latest);
    } else if (this.typed && docKey === this.docKey && (seen.docKey !== docKey || seen.value !== value) && value !== this.latest) {
      this.schedule();
    }
  }

  /** The text as it is now. */
  get latest() {
    if (this.read) {
      this.known = this.read();
      this.read = null;
    }
    return this.known;
  }

  set latest(text) {
    this.read = null;
    this.known = text;
  }

  changed(text) {
    if (text === this.latest) return;
    this.latest = text;
    this.typed = true;
    this.schedule();
  }

  /** Something was typed: `read` gives the text once somebody wants it, as making it of a long one takes a while. */
  touched(read) {
    this.read = read;
    this.typed = true;
    this.schedule();
  }

  schedule() {
    clearTimeout(this.timer);
    this.timer = setTimeout(this.flush, DEBOUNCE_MS);
    this.waiting = true;
  }

  flush() {
    clearTimeout(this.timer);
    if (!this.waiting) return;
    this.waiting = false;
    this.keep();
    this.calls.current.onChange?.(this.latest);
    for (const reader of readers) reader(this);
  }

  keep() {
    if (!this.draftKey) return;
    if (this.latest === this.base) drop(this.draftKey);
    else write(this.draftKey, this.calls.current.fit?.(this.latest) ?? this.latest);
  }

  saved(savedKey) {
    if (!savedKey || savedKey === this.savedKey) return;
    // A first key, before anything was typed, is only news of an earlier save.
    if (this.savedKey || this.typed || this.restored) this.forget();
    this.savedKey = savedKey;
  }

  forget() {
    this.flush();
    if (this.draftKey) drop(this.draftKey);
    this.base = this.latest;
  }

  /** Nothing of what was typed is to be kept, nor counts as unsaved. */
  abandon() {
    clearTimeout(this.timer);
    this.waiting = false;
    this.latest = this.base;
  }

  /** Another text that the viewer chose to go on from: it is theirs, as if they had typed it. */
  fill(text) {
    this.id++;
    this.text = text;
    this.restored = false;
    this.changed(text);
    this.flush();
  }

  /** Whether something would be lost with the text. */
  get dirty() {
    return this.latest !== this.base && this.latest.trim() !== "";
  }

  /** Back to the server's word, as if nothing had been typed. */
  startOver() {
    this.latest = this.base;
    this.schedule();
    this.flush();
    this.id++;
    this.text = this.base;
    this.restored = this.typed = false;
  }
}

// Storage may be full or forbidden: then a reload loses the draft, and nothing else.
const NAME = (key) => `ratchet.draft.${key}`;

function read(key) {
  try {
    return sessionStorage.getItem(NAME(key));
  } catch {
    return null;
  }
}

function write(key, text) {
  try {
    sessionStorage.setItem(NAME(key), text);
  } catch (error) {
    console.warn("The draft could not be kept", error);
  }
}

function drop(key) {
  try {
    sessionStorage.removeItem(NAME(key));
  } catch {
    // Nothing is kept where storage is forbidden.
  }
}
