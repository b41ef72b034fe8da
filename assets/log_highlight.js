// Marks what a search found in the rows on screen, by the CSS Custom Highlight API: the rows themselves stay as they are.
import { useEffect, useRef } from "react";
import { matcher } from "./log_matcher.js";

const all = globalThis.Highlight && globalThis.CSS?.highlights ? new Highlight() : null;
if (all) CSS.highlights.set("log-hit", all);

/** Keep what `query` (`{q, regex}` or null) describes marked in the rows of a box, whatever is drawn there. */
export function useHighlight(box, query, blocks) {
  const marked = useRef([]);
  const clear = () => {
    marked.current.forEach((range) => all.delete(range));
    marked.current = [];
  };
  useEffect(() => {
    if (!all) return undefined;
    if (!query) {
      clear();
      return undefined;
    }
    let wanted = true;
    const frame = requestAnimationFrame(async () => {
      const texts = [...box.current.querySelectorAll(".log-text")];
      const spans = await matcher.spans(query, texts.map((text) => text.textContent));
      if (!wanted) return;
      clear();
      texts.forEach((text, n) => spans[n]?.forEach((span) => marked.current.push(rangeOf(text, span))));
      marked.current.forEach((range) => all.add(range));
    });
    return () => {
      wanted = false;
      cancelAnimationFrame(frame);
    };
  }, [query, blocks]);
  useEffect(() => () => all && clear(), []);
}

/** A part of an element's text as a range, whatever pieces the text is in. */
function rangeOf(element, [from, to]) {
  const range = {};
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  let before = 0;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const end = before + node.length;
    if (!range.startContainer && from < end) Object.assign(range, { startContainer: node, startOffset: from - before });
    if (to <= end) {
      Object.assign(range, { endContainer: node, endOffset: to - before });
      break;
    }
    before = end;
  }
  return new StaticRange(range);
}
