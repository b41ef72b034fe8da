// A search through all lines of a log: the server tells the numbers of those that match, part by part.
import { ask } from "./log_reader.js";

const MOST_HITS = 1_000_000;
const RETRY_MS = 2000;

export class LogSearch {
  /** `changed()` is called after each change. */
  constructor(src, changed) {
    this.src = src;
    this.changed = changed;
    this.query = null; // {q, regex, level}
    this.forget();
  }

  forget() {
    this.hits = []; // numbers of matching lines, in rising order
    this.known = 0; // lines up to this one were looked at
    this.at = 0; // the number of the line that was gone to
    this.busy = false;
    this.failure = ""; // why there is no answer, in words
    this.stop?.abort();
    this.stop = null;
    this.wake();
  }

  /** Look for something else; an empty text ends the search. */
  start(q, regex, level) {
    this.query = q ? { q, ...(regex && { regex: 1 }), ...(level && { level }) } : null;
    this.forget();
    if (this.query) this.scan();
    this.changed();
  }

  /** The log has come so far: the new lines are looked at as well. */
  grow(total) {
    if (this.query && !this.busy && !this.failure && total > this.known && !this.full) this.scan();
  }

  get full() {
    return this.hits.length >= MOST_HITS;
  }

  /** Which of the hits the current one is, from 1; 0: none. */
  get position() {
    const place = lowest(this.hits, this.at);
    return this.hits[place] === this.at ? place + 1 : 0;
  }

  /** Go to the first hit below a line, or (`back`) the last above it, round the ends; 0: there is none. */
  async step(line, back) {
    const { query } = this;
    let hit = this.beside(line, back);
    while (!hit && this.busy) {
      await this.news();
      if (query !== this.query) return 0;
      hit = this.beside(line, back);
    }
    this.at = hit || (back ? this.hits.at(-1) : this.hits[0]) || 0;
    this.changed();
    return this.at;
  }

  /** The hit beside a line, once it is known; 0: it is not, or there is none in this direction. */
  beside(line, back) {
    const place = lowest(this.hits, back ? line : line + 1);
    if (!back) return this.hits[place] ?? 0;
    return this.known >= line - 1 || !this.busy ? (this.hits[place - 1] ?? 0) : 0;
  }

  async scan() {
    const stop = (this.stop = new AbortController());
    this.busy = true;
    try {
      for (let complete = false; !complete && !this.full; ) {
        const found = await ask(this.src, "/matches", { ...this.query, after: this.known }, stop.signal);
        if (stop.signal.aborted) return;
        for (const [first, count] of found.runs) for (let n = 0; n < count && !this.full; n++) this.hits.push(first + n);
        // What cannot be trusted must not go round for ever.
        complete = found.complete || found.next <= this.known;
        this.known = Math.max(this.known, found.next);
        this.wake();
        this.changed();
      }
    } catch (error) {
      if (stop.signal.aborted) return;
      this.failure = error.message;
      if (!(error.status < 500)) this.timer = setTimeout(() => !stop.signal.aborted && this.again(), RETRY_MS);
    }
    this.busy = false;
    this.wake();
    this.changed();
  }

  again() {
    this.failure = "";
    this.scan();
  }

  close() {
    clearTimeout(this.timer);
    this.changed = () => {};
    this.query = null;
    this.forget();
  }

  news() {
    return (this.waiting ??= new Promise((resolve) => (this.tell = resolve)));
  }

  wake() {
    this.tell?.();
    this.waiting = this.tell = null;
  }
}

/** The place of the first number that is not below `least`. */
function lowest(numbers, least) {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle] < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
