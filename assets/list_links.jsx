// Links of a list that are pressed faster than it is answered; see list_links.js.
import { useEffect } from "react";
import { useNavigate } from "react-router";
import { pathOf } from "./base.js";
import { held } from "./leaving.js";
import { onward } from "./list_links.js";

// What means a whole query, whatever the list shows.
const WHOLE = ".views, .clear-all";

/** `topic` is the list that is drawn, as `executions?page=2`. */
export function ListLinks({ topic }) {
  const navigate = useNavigate();
  useEffect(() => {
    const [noun, drawn = ""] = topic.split("?");
    const lead = (event) => {
      const link = event.target.closest?.("main a[href]");
      const other = event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
      if (!link || other || link.closest(WHOLE) || event.defaultPrevented) return;
      const path = `/${noun}`;
      if (pathOf(link) !== path || pathOf(window.location) !== path) return;
      const led = onward(link.search, drawn, window.location.search);
      if (led === null || held()) return;
      event.preventDefault();
      navigate(path + led);
    };
    document.addEventListener("click", lead, true);
    return () => document.removeEventListener("click", lead, true);
  }, [topic]);
  return null;
}
