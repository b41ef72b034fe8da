// A JSON document that is looked at through a window: which rows its tree has is counted, never listed.
// It runs in the page for small documents, and in a worker for large ones (json_worker.js).

// So many places are kept of what a search found, and so many lists and objects are opened at once.
const MOST_FOUND = 10_000;
const MOST_OPENED = 100_000;
const GLANCE = 24;
const PREVIEW = 300;
const LINE = 10_000;
const LONG_NUMBER = /[:,[\s]-?\d{16,}/;

const isExact = (value) => JSON.isRawJSON?.(value) ?? false;
const sizeOf = (value) => (Array.isArray(value) ? value : Object.keys(value)).length;
const isBox = (value) => value !== null && typeof value === "object" && !isExact(value);

/** The value of a text; integers that JavaScript would round keep their digits where the browser can do that. */
export function parsed(text) {
  if (!JSON.rawJSON || !LONG_NUMBER.test(text)) return JSON.parse(text);
  const exact = (key, value, { source } = {}) =>
    typeof value === "number" && source && Number.isInteger(value) && !Number.isSafeInteger(value) && String(value) !== source ? JSON.rawJSON(source) : value;
  return JSON.parse(text, exact);
}

/** A list or object that is open; `rows`: how many rows stand below it. */
class Opened {
  constructor(value) {
    this.value = value;
    this.keys = Array.isArray(value) ? null : Object.keys(value);
    this.size = (this.keys ?? value).length;
    this.rows = this.size;
    this.open = new Map();
    this.places = null;
  }

  child(i) {
    return this.keys ? this.value[this.keys[i]] : this.value[i];
  }

  /** The open children in order, and how many rows stand below those before each. */
  layout() {
    if (!this.places) {
      const order = [...this.open.keys()].sort((a, b) => a - b);
      let below = 0;
      const before = order.map((i) => {
        const sum = below;
        below += this.open.get(i).rows;
        return sum;
      });
      this.places = { order, before };
    }
    return this.places;
  }

  /** The row of a child, counted from the first row below this one. */
  rowOf(i) {
    const { order, before } = this.layout();
    const n = firstAtLeast(order, (each) => each >= i);
    if (n < order.length) return i + before[n];
    const last = order.at(-1);
    return i + (last === undefined ? 0 : before.at(-1) + this.open.get(last).rows);
  }

  /** `{i, rest}`: the child at a row, or the child in whose rows it is, `rest` then counted from 0. */
  at(row) {
    const { order, before } = this.layout();
    const n = firstAtLeast(order, (i, at) => i + before[at] > row) - 1;
    if (n < 0) return { i: row, rest: -1 };
    const inside = row - (order[n] + before[n] + 1);
    if (inside < 0) return { i: order[n], rest: -1 };
    const { rows } = this.open.get(order[n]);
    return inside < rows ? { i: order[n], rest: inside } : { i: row - before[n] - rows, rest: -1 };
  }
}

function firstAtLeast(list, is) {
  let low = 0, high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (is(list[middle], middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Paths are lists of positions, `[2, 0]`: the first child of the third. */
export class JsonDoc {
  constructor(text) {
    this.value = parsed(text);
    this.characters = text.length;
    this.found = [];
    this.root = isBox(this.value) ? new Opened(this.value) : null;
    this.lines = null;
    this.openSome();
  }

  /** Open level by level what is short enough to be seen at a glance. */
  openSome() {
    let level = this.root ? [[this.root, []]] : [];
    while (level.length) {
      const next = level.flatMap(([node, path]) => Array.from({ length: Math.min(node.size, GLANCE) }, (_, i) => [node.child(i), [...path, i]]));
      const boxes = next.filter(([value]) => isBox(value) && sizeOf(value));
      const more = boxes.reduce((sum, [value]) => sum + sizeOf(value), 0);
      if (!more || this.about().rows + more > GLANCE) return;
      boxes.forEach(([, path]) => this.toggle(path, true));
      level = boxes.map(([, path]) => [path.reduce((node, i) => node.open.get(i), this.root), path]);
    }
  }

  about() {
    return { rows: 1 + (this.root?.rows ?? 0), characters: this.characters };
  }

  /** The rows from one up to another: `{row, path, depth, key, kind, text, size, open, place, of}`. */
  rows(from, to) {
    const found = [];
    const last = Math.min(to, this.about().rows);
    for (let row = Math.max(0, from); row < last; row++) found.push(this.row(row));
    return found;
  }

  row(row) {
    if (row === 0) return described(this.value, { row, path: [], depth: 0, key: null, open: Boolean(this.root), place: 1, of: 1 });
    const path = [];
    let node = this.root, rest = row - 1;
    for (;;) {
      const { i, rest: inside } = node.at(rest);
      path.push(i);
      if (inside < 0) {
        const key = node.keys ? node.keys[i] : i;
        return described(node.child(i), { row, path, depth: path.length, key, open: node.open.has(i), place: i + 1, of: node.size });
      }
      [node, rest] = [node.open.get(i), inside];
    }
  }

  /** Open or close what is at a path; what is above it is opened. Says about the document. */
  toggle(path, open) {
    if (!path.length) {
      if (isBox(this.value)) this.root = open ? (this.root ?? new Opened(this.value)) : null;
      return this.about();
    }
    this.root ??= new Opened(this.value);
    const above = [];
    let node = this.root;
    for (const i of path.slice(0, -1)) {
      above.push(node);
      if (!node.open.has(i)) this.openChild(node, i, above);
      node = node.open.get(i);
    }
    const i = path.at(-1);
    above.push(node);
    if (open && !node.open.has(i)) this.openChild(node, i, above);
    else if (!open && node.open.has(i)) {
      const { rows } = node.open.get(i);
      node.open.delete(i);
      grow(above, -rows);
    }
    return this.about();
  }

  openChild(node, i, above) {
    const value = node.child(i);
    if (!isBox(value)) return;
    const opened = new Opened(value);
    node.open.set(i, opened);
    grow(above, opened.rows);
  }

  /** Open everything, level by level, as far as that is sensible: `complete` says whether it was. */
  openAll() {
    if (!isBox(this.value)) return { ...this.about(), complete: true };
    this.root = new Opened(this.value);
    const levels = [[this.root]];
    let opened = 1, complete = true;
    while (complete && levels.at(-1).length) {
      const next = [];
      for (const node of levels.at(-1)) {
        for (let i = 0; i < node.size && complete; i++) {
          const value = node.child(i);
          if (!isBox(value)) continue;
          if (++opened > MOST_OPENED) complete = false;
          else {
            const child = new Opened(value);
            node.open.set(i, child);
            next.push(child);
          }
        }
      }
      levels.push(next);
    }
    for (const level of levels.reverse()) for (const node of level) for (const child of node.open.values()) node.rows += child.rows;
    return { ...this.about(), complete };
  }

  closeAll() {
    this.root = isBox(this.value) ? new Opened(this.value) : null;
    return this.about();
  }

  /** Look for a text in keys and values, small and capital letters alike: `{count, more}`. */
  search(text) {
    const wanted = text.toLowerCase();
    this.found = [];
    let count = 0;
    if (!wanted) return { count, more: false };
    const hit = (key, value) => (typeof key === "string" && key.toLowerCase().includes(wanted)) || (!isBox(value) && textOf(value).toLowerCase().includes(wanted));
    const path = [];
    const walk = (value) => {
      const keys = Array.isArray(value) ? null : Object.keys(value);
      const size = (keys ?? value).length;
      for (let i = 0; i < size && count <= MOST_FOUND; i++) {
        const key = keys ? keys[i] : i;
        const child = keys ? value[key] : value[i];
        path.push(i);
        if (hit(key, child) && ++count <= MOST_FOUND) this.found.push([...path]);
        if (isBox(child)) walk(child);
        path.pop();
      }
    };
    if (isBox(this.value)) walk(this.value);
    else if (hit(null, this.value)) this.found.push([]), count++;
    return { count: this.found.length, more: count > MOST_FOUND };
  }

  /** Open what hides a place that was found; say about the document, and the `row` of the place. */
  reveal(n) {
    const path = this.found[n];
    if (path.length > 1) this.toggle(path.slice(0, -1), true);
    else if (path.length) this.root ??= new Opened(this.value);
    return { ...this.about(), row: this.rowOf(path) };
  }

  /** The row of a path; what is above it must be open. */
  rowOf(path) {
    let node = this.root, row = 0;
    for (const i of path) {
      row += 1 + node.rowOf(i);
      node = node.open.get(i);
    }
    return row;
  }

  /** The path in the form of JSONPath: `$.orders[3]["unit price"]`. */
  pathText(path) {
    let value = this.value, text = "$";
    for (const i of path) {
      const key = Array.isArray(value) ? i : Object.keys(value)[i];
      text += typeof key === "number" ? `[${key}]` : /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
      value = value[key];
    }
    return text;
  }

  valueText(path) {
    const value = path.reduce((each, i) => (Array.isArray(each) ? each[i] : each[Object.keys(each)[i]]), this.value);
    return JSON.stringify(value, null, 2);
  }

  /** How many lines the document has as indented text. */
  lineCount() {
    if (!this.lines) {
      const text = JSON.stringify(this.value, null, 2);
      const starts = [0];
      for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
      this.lines = { text, starts };
    }
    return this.lines.starts.length;
  }

  linesOf(from, to) {
    const count = this.lineCount();
    const { text, starts } = this.lines;
    const found = [];
    for (let n = Math.max(0, from); n < Math.min(to, count); n++) {
      const end = n + 1 < count ? starts[n + 1] - 1 : text.length;
      found.push(end - starts[n] > LINE ? `${text.slice(starts[n], starts[n] + LINE)}…` : text.slice(starts[n], end));
    }
    return found;
  }
}

function grow(above, rows) {
  for (const node of above) {
    node.rows += rows;
    node.places = null;
  }
}

function described(value, row) {
  if (isBox(value)) {
    const list = Array.isArray(value);
    const size = sizeOf(value);
    return { ...row, kind: list ? "list" : "object", text: list ? `[${size}]` : `{${size}}`, size };
  }
  const kind = value === null ? "null" : isExact(value) ? "number" : typeof value;
  const text = kind === "string" ? JSON.stringify(value.length > PREVIEW ? `${value.slice(0, PREVIEW)}…` : value) : textOf(value);
  return { ...row, open: false, kind, text, size: 0 };
}

const textOf = (value) => (isExact(value) ? value.rawJSON : String(value));
