// The part of a log that the browser holds: at most 2,000 lines of a log of any length.
// Ranges are asked for; new lines arrive from the live store. Knows nothing of the page.
import { fetch } from "./base.js";

export const BLOCK = 100; // lines that are drawn, and dropped, together
const KEEP = 20; // blocks held while reading
const KEEP_FOLLOWING = 6; // blocks held while the end is in view
const STEP = 200; // lines fetched when the reader nears an edge
const PAGE = 240; // lines fetched for a new place, half of them above it
const FASTEST = 60; // lines drawn of those that come faster than anybody reads
const RANGE_LIMIT = 1000; // lines that one request may ask for
const MARGIN = 60; // lines around a place that must be held to show it without a request
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 10_000;
const FILTERED_GAP_MS = 250; // between looks for lines of a level while others come

export const LEVELS = ["debug", "info", "warn", "error"];

export class LogReader {
  /**
   * `changed()` is called after each change, `arrived()` after a live message, which need not be drawn at once;
   * `prepending()` just before lines are put above the others.
   */
  constructor(src, { changed, arrived = changed, prepending, level = "" }) {
    this.src = src;
    this.changed = changed;
    this.arrived = arrived;
    this.prepending = prepending;
    this.level = level; // lines below it are left out; empty: none
    this.blocks = []; // [{first, lines}]; `first` is the place of the first line, a line's `seq` counts from 1
    this.low = 0; // every wanted line with low < seq <= high is held
    this.high = 0;
    this.total = 0;
    this.done = false;
    this.errors = 0; // how many the console has heard
    this.origin = null; // when line 1 was printed, in ms since 1970
    this.opened = false;
    this.follow = false;
    this.at = 0; // the line at the top of the view
    this.pausedAt = 0; // how many lines there were when following ended, or up to which they were seen since
    this.failure = ""; // why the last request failed, in words
    this.stale = false; // the console has lost the server: lines may be missing for now
    this.place = null; // {line, at} that the view is to show next
    this.turn = 0; // the newest wish wins: answers to older ones are thrown away
    this.catching = -1; // the turn in which `catchUp` is at work
    this.extending = false;
    this.wait = FIRST_WAIT_MS;
  }

  /** How many lines came since following ended, and were not seen. */
  get fresh() {
    return this.follow || !this.opened ? 0 : this.total - this.pausedAt;
  }

  /** First view: the asked line, else the end of a log that grows, else the start; or where it was `left`. */
  open(asked, left = null) {
    const line = left ? left.line : asked;
    return this.run(async (current) => {
      let page = line && !left?.follow ? await this.around(line) : await this.newest();
      if (line && !page.lines.length && this.total) page = await this.newest(); // a link beyond the end
      if (!line && !left && this.done && page.low > 0) page = await this.after(0, PAGE);
      if (!this.origin) await this.read({ from: 0, n: 1 }); // times count from the first line
      if (!current()) return;
      this.replace(page);
      this.opened = true;
      this.pausedAt = left?.pausedAt ?? this.total;
      this.follow = (left ? left.follow : !line) && !this.done;
      if (this.follow) this.catchUp();
      else if (left?.follow) this.place = { line: this.nearest(this.total), at: "start" };
      else if (line) this.place = { line: this.nearest(line), at: left ? "start" : "center" };
    });
  }

  /** Lines up to this one were in view, or passed: they are no longer new. Whether that says something else. */
  see(line) {
    if (this.fresh <= 0 || line <= this.pausedAt) return false;
    this.pausedAt = Math.min(line, this.total);
    return true;
  }

  /** Where somebody is, to open it there again. */
  left() {
    return { line: this.at, follow: this.follow, pausedAt: this.pausedAt };
  }

  /** Show a line (from 1) at the `start` or in the `center` of the view; the next one where it is left out. */
  jump(line, at = "center") {
    this.stopFollowing();
    const target = Math.max(1, Math.min(line, this.total));
    return this.run(async (current) => {
      const page = this.holds(target) ? null : await this.around(target);
      if (!current()) return;
      if (page) this.replace(page);
      this.place = { line: this.nearest(target), at };
      this.see(target);
    });
  }

  /** Leave out the lines below a level; `line` stays in view, or the next one that is there. */
  filter(level, line) {
    if (level === this.level) return undefined;
    this.level = level;
    return this.run(async (current) => {
      const page = this.follow ? await this.newest() : await this.around(Math.max(1, line));
      if (!current()) return;
      this.replace(page);
      if (this.follow) this.catchUp();
      else this.place = { line: this.nearest(line), at: "start" };
    });
  }

  /** Show the end and stay there while lines arrive. */
  tail() {
    return this.run(async (current) => {
      const page = this.high >= this.total && this.total ? null : await this.newest();
      if (!current()) return;
      if (page) this.replace(page);
      this.follow = true;
      this.catchUp();
    });
  }

  pause() {
    if (!this.follow) return;
    this.stopFollowing();
    this.changed();
  }

  stopFollowing() {
    if (this.follow) this.pausedAt = this.total;
    this.follow = false;
  }

  /** The number of the next error below a line, or of the one above; goes round at the ends. 0: there is none. */
  async error(line, back) {
    const [next, first] = back ? [{ before: Math.max(1, line) }, {}] : [{ after: line }, { after: 0 }];
    for (const place of line > 1 || !back ? [next, first] : [first]) {
      const { lines } = await this.read({ level: "error", n: 1, ...place });
      if (lines.length) return lines[0].seq;
    }
    return 0;
  }

  /** The number of the first line from a time on; 0: there is none. */
  async lineAt(ms) {
    const { lines } = await this.read({ since: new Date(ms).toISOString(), n: 1 });
    return lines[0]?.seq ?? 0;
  }

  /** Fetch more lines above or below and drop the far end, unless that is under way or there are none. */
  async extend(up) {
    if (this.extending || this.failure || !this.opened || (up ? this.low === 0 : this.high >= this.total)) return;
    this.extending = true;
    const { turn } = this;
    try {
      const page = up ? await this.before(this.low) : await this.after(this.high, STEP);
      if (turn !== this.turn || (up ? page.high !== this.low : page.low !== this.high)) return;
      if (page.low === page.high) return;
      if (up) {
        this.prepending();
        this.hold([...blocksOf(page), ...this.blocks], page.low, this.high, KEEP, true);
      } else {
        this.hold(appended(this.blocks, page.lines), this.low, page.high, KEEP);
      }
      this.changed();
    } catch (error) {
      if (turn === this.turn) this.failed(error, () => this.tryAgain());
    } finally {
      this.extending = false;
    }
  }

  /** A message of the live store: lines that were just printed, or only the new total. */
  receive({ lines = [], total, done, error, errors = 0 }) {
    const last = lines.at(-1)?.seq ?? 0;
    this.total = Math.max(this.total, total ?? 0, last);
    this.done ||= Boolean(done);
    this.errors = errors;
    this.stale = Boolean(error) && !this.done;
    if (!this.opened) return; // the first range is on its way and may hold them
    const fresh = lines.filter((line) => line.seq > this.high);
    const adjoins = fresh.length > 0 && fresh[0].seq === this.high + 1;
    const wanted = this.level ? fresh.filter((line) => LEVELS.indexOf(line.level) >= LEVELS.indexOf(this.level)) : fresh;
    if (fresh[0]?.seq === 1) this.learnOrigin(fresh[0]);
    if (adjoins && this.follow) this.hold(appended(this.blocks, wanted), this.low, last, KEEP_FOLLOWING);
    else if (adjoins && this.blocks.length < KEEP) this.hold(appended(this.blocks, wanted), this.low, last, KEEP);
    else if (this.follow && !this.level && fresh.length >= BLOCK) this.replaceBy(fresh.slice(-FASTEST));
    if (this.follow && this.high < this.total) this.catchUp();
    this.arrived();
  }

  /** Fetch what was missed between the lines held and the end. */
  catchUp() {
    if (this.catching === this.turn || this.high >= this.total) return;
    const working = this.run(async (current) => {
      while (current() && this.follow && this.high < this.total) {
        const missing = this.total - this.high;
        const page = this.level || missing <= RANGE_LIMIT ? await this.after(this.high, RANGE_LIMIT) : await this.newest();
        if (!current() || page.high <= this.high) return;
        if (page.low === this.high && page.lines.length < RANGE_LIMIT) {
          this.hold(appended(this.blocks, page.lines), this.low, page.high, KEEP_FOLLOWING);
        } else {
          this.replace(page.low === this.high ? await this.newest() : page);
        }
        this.changed();
        if (this.level && this.high < this.total) await new Promise((resolve) => setTimeout(resolve, FILTERED_GAP_MS));
      }
    });
    const { turn } = this;
    this.catching = turn;
    working.finally(() => {
      if (this.catching === turn) this.catching = -1;
    });
  }

  /** Ask again now for what could not be had. */
  tryAgain() {
    clearTimeout(this.timer);
    const wish = this.wish;
    this.failure = "";
    if (wish) this.run(wish);
    else this.changed();
  }

  close() {
    this.turn++;
    clearTimeout(this.timer);
    this.changed = this.arrived = this.prepending = () => {};
  }

  /** Do `action`, unless a newer wish comes between; on failure again after a while. */
  async run(action) {
    const turn = ++this.turn;
    const current = () => turn === this.turn;
    clearTimeout(this.timer);
    this.wish = action;
    try {
      await action(current);
      if (!current()) return;
      this.wish = null;
      this.failure = "";
    } catch (error) {
      if (!current()) return;
      this.failed(error, () => this.tryAgain());
      return;
    }
    this.changed();
  }

  failed(error, again) {
    this.failure = error.message;
    clearTimeout(this.timer);
    this.timer = setTimeout(again, this.wait);
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT_MS);
    this.changed();
  }

  newest() {
    return this.read(this.level ? { level: this.level, n: PAGE } : { from: -PAGE, n: PAGE });
  }

  around(line) {
    return this.read(this.level ? { level: this.level, around: line, n: PAGE } : { from: Math.max(0, line - 1 - PAGE / 2), n: PAGE });
  }

  after(high, n) {
    return this.read(this.level ? { level: this.level, after: high, n } : { from: high, n });
  }

  before(low) {
    if (this.level) return this.read({ level: this.level, before: low + 1, n: STEP });
    return this.read({ from: Math.max(0, low - STEP), n: Math.min(STEP, low) });
  }

  /** One range, `{low, high, lines}`; a negative `from` counts from the end. Throws an Error with a sentence. */
  async read(place) {
    const { low, high, lines, total, done } = await ask(this.src, "", place);
    this.total = Math.max(this.total, total, high);
    this.done ||= Boolean(done);
    this.wait = FIRST_WAIT_MS;
    if (lines[0]?.seq === 1) this.learnOrigin(lines[0]);
    return { low, high, lines };
  }

  learnOrigin(line) {
    this.origin ??= Date.parse(line.time) || null;
  }

  /** Put the whole of a line in the place of its beginning. */
  put(line) {
    this.blocks = this.blocks.map((block) => {
      const at = block.lines.findIndex(({ seq }) => seq === line.seq);
      return at < 0 ? block : { ...block, lines: block.lines.with(at, line) };
    });
    this.changed();
  }

  /** Whether a line is held, with enough around it to show it. */
  holds(line) {
    if (line <= this.low || line > this.high) return false;
    const before = this.blocks.reduce((n, { lines }) => n + lines.filter(({ seq }) => seq < line).length, 0);
    const all = this.blocks.reduce((n, { lines }) => n + lines.length, 0);
    return (this.low === 0 || before > MARGIN) && (this.high >= this.total || all - before > MARGIN);
  }

  /** The number of a line, or of the next one that is held, or of the last. */
  nearest(line) {
    const block = this.blocks.find(({ lines }) => lines.at(-1).seq >= line);
    return block?.lines.find(({ seq }) => seq >= line).seq ?? this.blocks.at(-1)?.lines.at(-1).seq ?? 0;
  }

  /** Hold these lines alone. */
  replaceBy(lines) {
    this.replace({ low: lines[0].seq - 1, high: lines.at(-1).seq, lines });
  }

  replace(page) {
    this.hold(blocksOf(page), page.low, page.high, Infinity);
  }

  /** Hold these blocks, but not more than `most`: the oldest go, or (`up`) the newest. */
  hold(blocks, low, high, most, up = false) {
    const kept = blocks.length <= most ? blocks : up ? blocks.slice(0, most) : blocks.slice(-most);
    const cut = kept.length < blocks.length;
    this.blocks = kept;
    this.low = cut && !up ? kept[0].lines[0].seq - 1 : low;
    this.high = cut && up ? kept.at(-1).lines.at(-1).seq : high;
  }
}

/** What a route of the log answers; `signal` ends the wait. Throws an Error with a sentence. */
export async function ask(src, verb, params, signal) {
  const [path, query] = src.split("?");
  const asked = new URLSearchParams(query);
  for (const [name, value] of Object.entries(params)) asked.set(name, value);
  const response = await fetch(`${path}${verb}?${asked}`, { signal }).catch((error) => {
    if (signal?.aborted) throw error;
    throw new Error("The console cannot be reached");
  });
  if (response.ok) return response.json();
  const body = await response.json().catch(() => null);
  const error = new Error(body?.message ?? `The log could not be read (HTTP ${response.status})`);
  throw Object.assign(error, { status: response.status });
}

function blocksOf({ lines }) {
  const blocks = [];
  for (let at = 0; at < lines.length; at += BLOCK) blocks.push({ first: lines[at].seq - 1, lines: lines.slice(at, at + BLOCK) });
  return blocks;
}

/** The blocks with lines added at the end; blocks that were full keep their identity, and so their drawing. */
function appended(blocks, lines) {
  const last = blocks.at(-1);
  if (!last || !lines.length) return [...blocks, ...blocksOf({ lines })];
  const room = Math.max(0, BLOCK - last.lines.length);
  const filled = room ? { first: last.first, lines: [...last.lines, ...lines.slice(0, room)] } : last;
  return [...blocks.slice(0, -1), filled, ...blocksOf({ lines: lines.slice(room) })];
}
