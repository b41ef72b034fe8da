// Where an open row stands in the list that it was opened from, and the way to the one before and the one after.
import { useEffect } from "react";
import { useLocation } from "react-router";
import { useHydrated } from "./address.jsx";
import { pathOf } from "./base.js";
import { ofTab } from "./keeping_tab.js";
import { PageLink, useServer } from "./server.jsx";
import { serverOf } from "./server_address.js";
import "./header.css";

const NOUNS = ["tasks", "executions", "jobs", "schedules", "failures"];
const store = ofTab("ratchet.results", {});

/** The rows of the list that a link of one of them is pressed in. */
function note(event) {
  const row = event.target.closest?.("a[href]")?.closest("#main tr[data-id]");
  const noun = pathOf(location).slice(1);
  if (!row || !NOUNS.includes(noun)) return;
  const ids = [...row.parentElement.querySelectorAll("tr[data-id]")].map((each) => each.dataset.id);
  store.write({ noun, ids, search: location.search, server: serverOf(location.search) });
}

/** Mounted once in the header; it is nothing where the page is not of a row of the last list. */
export function Results() {
  const { pathname } = useLocation();
  const server = useServer();
  const hydrated = useHydrated();
  useEffect(() => {
    document.addEventListener("click", note, true);
    return () => document.removeEventListener("click", note, true);
  }, []);
  const [, noun, id, ...rest] = pathname.split("/");
  if (!hydrated || !id || rest.length || !NOUNS.includes(noun)) return null;
  const list = store.read();
  const at = list.noun === noun && list.server === server ? list.ids.indexOf(id) : -1;
  if (at < 0 || list.ids.length < 2) return null;
  const way = (step, key, sign, name) => {
    const to = list.ids[at + step];
    if (!to) return <span className="icon-button dim" aria-hidden="true">{sign}</span>;
    return <PageLink to={`/${noun}/${to}`} className="icon-button" data-shortcut={key} aria-keyshortcuts={key} aria-label={name} title={`${name} (${key})`}>{sign}</PageLink>;
  };
  return (
    <nav className="results" aria-label="In the list">
      {way(-1, "[", "‹", "Row before in the list")}
      <span>{at + 1}<span className="visually-hidden"> of </span><span aria-hidden="true">/</span>{list.ids.length}</span>
      {way(1, "]", "›", "Next row in the list")}
    </nav>
  );
}
