// While the console is away no page of it can be had: the router would open the address anew, and the tab
// be lost with what was typed in it. Until the console is back, a press on a link does nothing.
import { useSyncExternalStore } from "react";

let away = false;
const readers = new Set();

/** Note whether the console is away; one that never was there is not. */
export function setAway(is) {
  away = is;
  readers.forEach((reader) => reader());
}

const follow = (reader) => {
  readers.add(reader);
  return () => readers.delete(reader);
};

/** Whether the console is away. */
export const useAway = () => useSyncExternalStore(follow, () => away, () => false);

/** Whether no other page can be opened now; the banner, which says why, is pointed at. */
export function held() {
  if (away && !window.matchMedia("(prefers-reduced-motion: reduce)").matches) {
    document.querySelector(".banner")?.animate([{ scale: 1 }, { scale: 1.06 }, { scale: 1 }], 300);
  }
  return away;
}

/** Hold presses on links that would open another page in this tab; returns the way to stop. */
export function holdLinks() {
  const stop = (event) => {
    if (!leaves(event) || !held()) return;
    event.preventDefault();
    event.stopPropagation();
  };
  document.addEventListener("click", stop, true);
  return () => document.removeEventListener("click", stop, true);
}

function leaves(event) {
  const link = event.target.closest?.("a[href]");
  if (!link || link.origin !== window.location.origin || link.hasAttribute("download")) return false;
  const elsewhere = event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  if (elsewhere || (link.target && link.target !== "_self")) return false;
  return !link.getAttribute("href").includes("#main");
}
