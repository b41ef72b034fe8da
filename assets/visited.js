// The rows whose pages were open last in this tab, for the palette.

import { ofTab } from "./keeping_tab.js";

const MOST = 12;
const NOUNS = { tasks: "Task", executions: "Execution", jobs: "Job", schedules: "Schedule" };
const store = ofTab("ratchet.visited", []);

/** The page of a row by its path: `{path, what: "Execution 12"}`; null for any other page. */
export function pageOfRow(path) {
  const [, noun, id, ...rest] = path.split("/");
  return NOUNS[noun] && /^\d+$/.test(id ?? "") && !rest.length ? { path, what: `${NOUNS[noun]} ${id}` } : null;
}

/** The list with one more page, the newest first; `name` is its title. */
export function withVisit(list, { path, what, name, server, who }) {
  const others = list.filter((each) => each.who === who && (each.path !== path || each.server !== server));
  return [{ path, what, name, server, who }, ...others].slice(0, MOST);
}

/** Note that this page is open. */
export function visit(path, name, server, who) {
  const page = pageOfRow(path);
  const [last] = store.read();
  if (!page || !name || (last && last.path === path && last.name === name && last.server === server && last.who === who)) return;
  store.write(withVisit(store.read(), { ...page, name: name.slice(0, 120), server, who }));
}

/** The pages of a server that were open last, without the one that is. */
export const visited = (server, who, now) =>
  store.read().filter((each) => each.server === server && each.who === who && each.path !== now);

/** One of them as the palette shows it; what a page is called already is not said of it once more. */
export const shownOf = ({ path, what, name }) => ({ href: path, label: name, note: what === name ? "" : what });
