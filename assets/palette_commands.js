// What can be done from here: the controls of the page itself, so that nothing is offered that a person may not do.
import { pathOf } from "./base.js";
import { nameOf } from "./keys.js";

const CONTROLS = 'button, a.button, [role="switch"], .tab-bar a, .segments a';
// What is of one row, one field or one widget is no command of the page.
const APART = "table, dialog, [popover], form, .log, .code-editor, .foot, .shortcuts, .plain-table, .chip, .diff, .json-view, [role=tree], [role=listbox], [role=application]";
const MOST = 40;

const isThere = (each) => !each.disabled && each.getAttribute("aria-disabled") !== "true" && each.checkVisibility();
const startOf = (link) => (link.firstChild?.textContent ?? "").trim();

function labelOf(control) {
  if (control.matches(".segments a")) return `${control.closest("nav")?.getAttribute("aria-label") ?? "Show"}: ${startOf(control)}`;
  if (control.matches(".tab-bar a")) return `Show ${startOf(control)}`;
  return nameOf(control);
}

const command = (control, label) => ({
  id: `do ${label}`,
  label,
  key: control.dataset.shortcut,
  // It may have been drawn anew meanwhile.
  run: () => {
    const now = control.isConnected ? control : controls().find((each) => labelOf(each) === label);
    now?.focus();
    now?.click();
  },
});

function commands(found) {
  const named = found.map((each) => command(each, labelOf(each))).filter(({ label }) => label && label.length <= 80);
  return [...new Map(named.map((each) => [each.id, each])).values()].slice(0, MOST);
}

function controls() {
  const found = [...(document.getElementById("main")?.querySelectorAll(CONTROLS) ?? [])];
  return found.filter((each) => isThere(each) && !each.closest(APART) && !each.hasAttribute("aria-current"));
}

/** The commands of the page. */
export const ofPage = () => commands(controls());

/** The commands of the frame: colours, menu, notifications, account. */
export function ofFrame() {
  const seen = [...document.querySelectorAll(".header button, .sider .fold")].filter((each) => isThere(each) && !each.matches(".palette-button, .menu-button") && !each.closest("[popover], dialog"));
  const out = [...document.querySelectorAll("#user-menu button")];
  return commands([...seen, ...out]);
}

/** The sections that the menu leads to: `[{label, href}]`. */
export const sections = () =>
  [...document.querySelectorAll(".sider .nav a")].map((link) => ({ label: link.title || nameOf(link), href: pathOf(link) }));
