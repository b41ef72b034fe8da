// What of a log changes beside its lines: how many there are of each level, and what is said to those who cannot see it.
import { useEffect, useRef, useState } from "react";
import { counted } from "./log_bar.jsx";
import { ask } from "./log_reader.js";

const COUNT_MS = 5000;
const SAY_MS = 10_000;

/** `{debug, info, warn, error}`, counted again while lines come, but not often; null while it is not known. */
export function useLevelCounts(src, reader, able) {
  const [counts, setCounts] = useState(null);
  const seen = useRef({ total: -1, at: 0 });
  useEffect(() => {
    const { total, at } = seen.current;
    if (!able || !reader.opened || total === reader.total) return undefined;
    const look = () => {
      if (document.hidden) return;
      seen.current = { total: reader.total, at: Date.now() };
      ask(src, "/levels", {}).then(setCounts, () => {});
    };
    const timer = setTimeout(look, reader.done ? 0 : Math.max(0, at + COUNT_MS - Date.now()));
    return () => clearTimeout(timer);
  }, [src, able, reader.opened, reader.total, reader.done]);
  return counts;
}

/** What happened since it was last said, in one sentence, at most every few seconds; empty while there is nothing. */
export class News {
  constructor() {
    this.total = this.errors = -1;
  }

  /** The sentence for a log of so many lines and errors. */
  of({ total, errors, done }) {
    const lines = this.total < 0 ? 0 : total - this.total;
    const wrong = this.errors < 0 ? 0 : Math.max(0, errors - this.errors);
    const ended = done && !this.done && this.total >= 0;
    Object.assign(this, { total, errors, done });
    const said = lines > 0 ? `${counted(lines, "new line")}${wrong ? `, ${counted(wrong, "error")}` : ""}. ` : "";
    return ended ? `${said}The log is complete: ${counted(total, "line")}.` : said.trim();
  }
}

/** A polite sentence now and then about a log that grows. */
export function Announcer({ reader }) {
  const [said, say] = useState("");
  const news = useRef(null);
  useEffect(() => {
    if (!reader.opened) return undefined;
    news.current ??= new News();
    const tell = () => {
      const sentence = news.current.of(reader);
      if (sentence) say(sentence);
    };
    tell();
    const timer = reader.done ? 0 : setInterval(tell, SAY_MS);
    return () => clearInterval(timer);
  }, [reader, reader.opened, reader.done]);
  return <p className="visually-hidden" role="status" data-said="">{said}</p>;
}
