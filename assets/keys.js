// Single keys: what they press on the page, and whether they may. The window listens once, for all pages.
// They do nothing while somebody types, and can be switched off (WCAG 2.1.4): speech input and a cat press them too.
import { pathOf } from "./base.js";
import { keepText, keptText } from "./keeping.js";

const STORE = "ratchet.shortcuts";
const SEQUENCE_MS = 1500;
const ASKING = 'dialog[open], [role="dialog"], .ant-popconfirm:not(.ant-popover-hidden)';
// These have keys of their own while the focus is in them.
const OWN_KEYS = '[role="application"], [role="tree"], [role="listbox"], [role="menu"]';
const NOT_TYPED = new Set(["checkbox", "radio", "button", "submit", "reset", "range", "file", "color"]);
/** What comes after `g`. */
export const PLACES = { d: "/", t: "/tasks", e: "/executions", j: "/jobs", s: "/schedules", f: "/failures", a: "/audit", y: "/system" };

const readers = new Set();
let chosen = null; // lasts as long as the page where the browser keeps nothing

export function areOn() {
  chosen = keptText(STORE) ?? chosen;
  return chosen !== "off";
}

export function turn(on) {
  chosen = on ? "on" : "off";
  keepText(STORE, chosen);
  readers.forEach((reader) => reader());
}

export function followOn(reader) {
  readers.add(reader);
  addEventListener("storage", reader);
  return () => {
    readers.delete(reader);
    removeEventListener("storage", reader);
  };
}

const shown = (each) => !each.disabled && each.checkVisibility();
const first = (selector, within = document) => [...within.querySelectorAll(selector)].find(shown) ?? null;
const rows = () => [...document.querySelectorAll("#main tr[data-id]")].filter(shown);
const rowNow = () => document.activeElement?.closest?.("#main tr[data-id]") ?? null;
/** Whether a question is open. What was opened once stays in the page, unseen. */
export const isAsking = () => [...document.querySelectorAll(ASKING)].some((each) => each.checkVisibility());
/** The link in the menu that leads to a section. */
export const linkOf = (href) => [...document.querySelectorAll(".sider .nav a")].find((each) => pathOf(each) === href) ?? null;

/** The control that a key presses: one that is marked with it, or in a list that of the row which has the focus. */
export function controlOf(key) {
  const own = first(`[data-shortcut="${CSS.escape(key)}"]`);
  const row = own ? null : rowNow();
  return own ?? (row && first(`[data-row-key="${CSS.escape(key)}"]`, row));
}

/** What can be pressed on this page now: `[{key, what}]`. */
export function keysNow() {
  const named = [...document.querySelectorAll("[data-shortcut]")].filter(shown);
  const own = named.map((each) => ({ key: each.dataset.shortcut, what: nameOf(each) }));
  return own.filter(({ key }, at) => own.findIndex((other) => other.key === key) === at);
}

/** Whether there are rows to walk. */
export const hasRows = () => rows().length > 0;

/** What a control is called. */
export const nameOf = (control) =>
  (control.getAttribute("aria-label") || control.innerText || control.title || "").replace(/\s+/g, " ").trim();

function press(control) {
  control.focus();
  control.click();
}

// The link of a row is what Enter then opens.
function walk(step) {
  const all = rows();
  if (!all.length) return false;
  const at = all.indexOf(rowNow());
  const next = all[Math.min(Math.max(at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step, 0), all.length - 1)];
  const links = [...next.querySelectorAll("a[href]")].filter(shown);
  const own = links.find((each) => pathOf(each).endsWith(`/${next.dataset.id}`) && pathOf(each).startsWith(pathOf(location).split("/", 2).join("/")));
  (own ?? links[0])?.focus();
  next.scrollIntoView({ block: "nearest" });
  return true;
}

function tick() {
  const box = rowNow()?.querySelector('input[type="checkbox"]');
  box?.click();
  return Boolean(box);
}

function find(search) {
  const field = first('#main input[type="search"]');
  if (field) field.focus();
  else search();
  return true;
}

function act(key, { search, help }) {
  if (key === "?") return help(), true;
  if (key === "/") return find(search);
  if (key === "j" || key === "k") return walk(key === "j" ? 1 : -1);
  const control = controlOf(key);
  if (control) return press(control), true;
  return key === "x" && tick();
}

/** Whether what is typed here goes into a field. */
export function isTyping(target) {
  const field = target?.closest?.("input, textarea, select, [contenteditable]:not([contenteditable=false])");
  return Boolean(field) && !(field.tagName === "INPUT" && NOT_TYPED.has(field.type));
}

const isOurs = (event) =>
  !event.defaultPrevented && !event.isComposing && !event.ctrlKey && !event.metaKey && !event.altKey && event.key.length === 1 &&
  !isTyping(event.target) && !event.target.closest?.(OWN_KEYS);

/** Listen to keys; `verbs` has what they do outside of the page: `search()`, `help()`. Returns the way to stop. */
export function listen(verbs) {
  let sequence = 0; // until when what is pressed is the second key after `g`
  const pressed = (event) => {
    if (!isOurs(event) || !areOn() || isAsking() || !document.getElementById("main")) return;
    const place = event.timeStamp < sequence ? PLACES[event.key] : undefined;
    sequence = 0;
    if (event.repeat && event.key !== "j" && event.key !== "k") return;
    const link = place && linkOf(place);
    if (link) link.click();
    else if (event.key === "g") sequence = event.timeStamp + SEQUENCE_MS;
    else if (place || !act(event.key, verbs)) return;
    event.preventDefault();
  };
  addEventListener("keydown", pressed);
  return () => removeEventListener("keydown", pressed);
}
