// The part of a log that the browser holds: at most 2,000 lines of a log of any length.
// Ranges are asked for; new lines arrive from the live store. Knows nothing of the page.

export const BLOCK = 100; // lines that are drawn, and dropped, together
const KEEP = 20; // blocks held while reading
const KEEP_FOLLOWING = 6; // blocks held while the end is in view
const STEP = 200; // lines fetched when the reader nears an edge
const PAGE = 400; // lines fetched for a new place
const RANGE_LIMIT = 1000; // lines that one request may ask for
const MARGIN = 60; // lines around a place that must be held to show it without a request
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 10_000;

export class LogReader {
  /** `changed()` is called after each change; `prepending()` just before lines are put above the others. */
  constructor(src, { changed, prepending }) {
    this.src = src;
    this.changed = changed;
    this.prepending = prepending;
    this.blocks = []; // [{first, lines}]; `first` counts from 0, a line's `seq` from 1
    this.total = 0;
    this.done = false;
    this.origin = null; // when line 1 was printed, in ms since 1970
    this.opened = false;
    this.follow = false;
    this.failure = ""; // why the last request failed, in words
    this.stale = false; // the console has lost the server: lines may be missing for now
    this.place = null; // {line, at} that the view is to show next
    this.turn = 0; // the newest wish wins: answers to older ones are thrown away
    this.catching = -1; // the turn in which `catchUp` is at work
    this.extending = false;
    this.wait = FIRST_WAIT_MS;
  }

  get first() {
    return this.blocks[0]?.first ?? 0;
  }

  get end() {
    const last = this.blocks.at(-1);
    return last ? last.first + last.lines.length : 0;
  }

  /** First view: the asked line, else the end of a log that grows, else the start. */
  open(line) {
    return this.run(async (current) => {
      let page = line ? await this.read(Math.max(0, line - 1 - STEP), PAGE) : await this.read(-PAGE, PAGE);
      if (line && !page.lines.length && this.total) page = await this.read(-PAGE, PAGE); // a link beyond the end
      if (!line && this.done && page.first > 0) page = await this.read(0, PAGE);
      if (page.first > 0) await this.read(0, 1); // times count from the first line
      if (!current()) return;
      this.replace(page);
      this.opened = true;
      this.follow = !line && !this.done;
      if (line) this.place = { line: Math.min(line, this.total), at: "center" };
      if (this.follow) this.catchUp();
    });
  }

  /** Show a line (from 1) at the `start` or in the `center` of the view. */
  jump(line, at = "center") {
    this.follow = false;
    const target = Math.max(1, Math.min(line, this.total));
    return this.run(async (current) => {
      const above = this.first === 0 || target - this.first > MARGIN;
      const below = this.end >= this.total || this.end - target > MARGIN;
      const held = target > this.first && target <= this.end && above && below;
      const page = held ? null : await this.read(Math.max(0, target - 1 - STEP), PAGE);
      if (!current()) return;
      if (page) this.replace(page);
      this.place = { line: target, at };
    });
  }

  /** Show the end and stay there while lines arrive. */
  tail() {
    return this.run(async (current) => {
      const page = this.end >= this.total && this.total ? null : await this.read(-PAGE, PAGE);
      if (!current()) return;
      if (page) this.replace(page);
      this.follow = true;
      this.catchUp();
    });
  }

  pause() {
    if (!this.follow) return;
    this.follow = false;
    this.changed();
  }

  /** Fetch more lines above or below and drop the far end, unless that is under way or there are none. */
  async extend(up) {
    if (this.extending || this.failure || !this.opened || (up ? this.first === 0 : this.end >= this.total)) return;
    this.extending = true;
    const { turn } = this;
    try {
      const from = up ? Math.max(0, this.first - STEP) : this.end;
      const page = await this.read(from, up ? this.first - from : STEP);
      if (turn !== this.turn || !page.lines.length) return;
      if (up) {
        this.prepending();
        this.blocks = [...blocksOf(page), ...this.blocks].slice(0, KEEP);
      } else if (page.first === this.end) {
        this.blocks = appended(this.blocks, page.lines).slice(-KEEP);
      }
      this.changed();
    } catch (error) {
      if (turn === this.turn) this.failed(error, () => this.tryAgain());
    } finally {
      this.extending = false;
    }
  }

  /** A message of the live store: lines that were just printed, or only the new total. */
  receive({ lines = [], total, done, error }) {
    const last = lines.at(-1)?.seq ?? 0;
    this.total = Math.max(this.total, total ?? 0, last);
    this.done ||= Boolean(done);
    this.stale = Boolean(error) && !this.done;
    if (!this.opened) return; // the first range is on its way and may hold them
    const fresh = lines.filter((line) => line.seq > this.end);
    const adjoins = fresh.length > 0 && fresh[0].seq === this.end + 1;
    if (fresh[0]?.seq === 1) this.learnOrigin(fresh[0]);
    if (adjoins && this.follow) this.blocks = appended(this.blocks, fresh).slice(-KEEP_FOLLOWING);
    else if (adjoins && this.blocks.length < KEEP) this.blocks = appended(this.blocks, fresh);
    else if (this.follow && fresh.length >= BLOCK) this.replace({ first: fresh[0].seq - 1, lines: fresh });
    if (this.follow && this.end < this.total) this.catchUp();
    this.changed();
  }

  /** Fetch what was missed between the lines held and the end. */
  catchUp() {
    if (this.catching === this.turn || this.end >= this.total) return;
    const working = this.run(async (current) => {
      while (current() && this.follow && this.end < this.total) {
        const missing = this.total - this.end;
        const page = missing > RANGE_LIMIT ? await this.read(-PAGE, PAGE) : await this.read(this.end, missing);
        if (!current() || !page.lines.length) return;
        if (page.first === this.end) this.blocks = appended(this.blocks, page.lines).slice(-KEEP_FOLLOWING);
        else if (page.first + page.lines.length > this.end) this.replace(page);
        this.changed();
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
    this.changed = this.prepending = () => {};
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

  /** One range, `{first, lines}`; a negative `from` counts from the end. Throws an Error with a sentence. */
  async read(from, count) {
    const response = await fetch(`${this.src}${this.src.includes("?") ? "&" : "?"}from=${from}&n=${count}`).catch(() => {
      throw new Error("The console cannot be reached");
    });
    if (!response.ok) throw new Error(await reason(response));
    const { first, lines, total, done } = await response.json();
    this.total = Math.max(this.total, total, first + lines.length);
    this.done ||= Boolean(done);
    this.wait = FIRST_WAIT_MS;
    if (first === 0 && lines.length) this.learnOrigin(lines[0]);
    return { first, lines };
  }

  learnOrigin(line) {
    this.origin ??= Date.parse(line.time) || null;
  }

  replace(page) {
    this.blocks = blocksOf(page);
  }
}

async function reason(response) {
  const body = await response.json().catch(() => null);
  return body?.message ?? `The log could not be read (HTTP ${response.status})`;
}

function blocksOf({ first, lines }) {
  const blocks = [];
  for (let at = 0; at < lines.length; at += BLOCK) blocks.push({ first: first + at, lines: lines.slice(at, at + BLOCK) });
  return blocks;
}

/** The blocks with lines added at the end; blocks that were full keep their identity, and so their drawing. */
function appended(blocks, lines) {
  const last = blocks.at(-1);
  if (!last) return blocksOf({ first: lines[0].seq - 1, lines });
  const room = Math.max(0, BLOCK - last.lines.length);
  const filled = room ? { first: last.first, lines: [...last.lines, ...lines.slice(0, room)] } : last;
  const rest = blocksOf({ first: last.first + filled.lines.length, lines: lines.slice(room) });
  return [...blocks.slice(0, -1), filled, ...rest];
}
