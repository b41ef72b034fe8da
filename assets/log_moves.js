// How the box of a log scrolls, and what that means.
import { useEffect, useRef } from "react";
import { lineAtBottom, lineAtTop } from "./log_rows.jsx";

/** Scroll inside the box: `scrollIntoView` alone would move the page as well, also where it need not. */
export function bring(box, { line, at }, lastTop) {
  const row = box.querySelector(`[data-n="${line}"]`);
  if (!row) return;
  const put = () => {
    if (!row.isConnected) return; // the next wish came before the frame
    const room = at === "center" ? (box.clientHeight - row.offsetHeight) / 2 : 0;
    box.scrollTop += row.getBoundingClientRect().top - box.getBoundingClientRect().top - room;
    lastTop.current = box.scrollTop; // being brought to the end is no wish to follow
  };
  put();
  requestAnimationFrame(() => {
    put(); // rows above were estimated until they were drawn
    // The box may be taller than what is left of the window: who asked for this line wants to see it.
    if (at === "center" && row.getBoundingClientRect().bottom > window.innerHeight) row.scrollIntoView({ block: "nearest" });
  });
}

/** Whether a line is on screen. */
export function inView(box, line) {
  const row = box.querySelector(`[data-n="${line}"]`)?.getBoundingClientRect();
  const { top, bottom } = box.getBoundingClientRect();
  return Boolean(row) && row.bottom > top && row.top < bottom;
}

/** What scrolling means: more lines near an edge, pause upwards, follow again at the end. */
export function useMovement(reader, box, lastTop, showPosition) {
  const waiting = useRef(false);

  function look() {
    waiting.current = false;
    const element = box.current;
    if (!element) return;
    const { scrollTop, scrollHeight, clientHeight } = element;
    const below = scrollHeight - scrollTop - clientHeight;
    if (scrollTop < 3 * clientHeight) reader.extend(true);
    if (below < 3 * clientHeight) reader.extend(false);
    if (reader.follow && scrollTop < lastTop.current - 2 && below > 40) reader.pause();
    else if (!reader.follow && !reader.done && below < 2 && reader.high >= reader.total && scrollTop > lastTop.current) reader.tail();
    const down = scrollTop > lastTop.current;
    lastTop.current = scrollTop;
    if (!reader.follow) reader.at = lineAtTop(element);
    if (down && reader.fresh > 0 && reader.see(lineAtBottom(element))) reader.changed();
    showPosition(reader.at);
  }

  function moved() {
    if (waiting.current) return;
    waiting.current = true;
    requestAnimationFrame(look);
  }
  useEffect(moved); // lines came or went: an edge may be near although nobody scrolled
  return moved;
}
