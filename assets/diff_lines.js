// Two texts as rows to show beside each other. Pure: what compares two lists is handed in (npm's `diff`).

/** Texts above so many characters are not compared. */
export const MOST_CHARACTERS = 1_500_000;
// A pair that differs in more lines than this, or takes longer, is shown as one replaced stretch.
const LIMITS = { maxEditLength: 4000, timeout: 400 };
const MARGIN = 3;
const LEAST_FOLDED = 4;
// Words of longer lines are not compared, and of a line no more than this is drawn.
const MOST_IN_LINE = 2000;
export const MOST_DRAWN = 10_000;
// Of larger stretches the lines stand beside each other as they come.
const MOST_PAIRED = 10_000;
// Where less than this share of a line stayed, marks inside of it say nothing.
const LEAST_ALIKE = 0.3;

/** The lines of a text; the last newline ends a line and begins none. */
export const linesOf = (text) => (text === "" ? [] : (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n"));

/**
 * The rows of a comparison: `{kind, left, right, a, b}`. `kind` is "same", "changed", "removed" or "added",
 * `left` and `right` number the lines from 1. `diffArrays(a, b, limits)` gives parts `{value, added, removed}`.
 */
export function rowsOf(before, after, diffArrays) {
  const a = linesOf(before), b = linesOf(after);
  let start = 0, end = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const rows = new Rows(a, b);
  rows.same(start);
  for (const part of partsOf(a.slice(start, a.length - end), b.slice(start, b.length - end), diffArrays)) rows.take(part);
  rows.flush();
  rows.same(end);
  return rows.all;
}

function partsOf(a, b, diffArrays) {
  const replaced = [{ removed: true, value: a }, { added: true, value: b }];
  return a.length && b.length ? (diffArrays(a, b, LIMITS) ?? replaced) : replaced;
}

class Rows {
  constructor(a, b) {
    this.a = a;
    this.b = b;
    this.left = this.right = 0;
    this.removed = this.added = 0;
    this.all = [];
  }

  take({ added, removed, value }) {
    if (removed) this.removed += value.length;
    else if (added) this.added += value.length;
    else {
      this.flush();
      this.same(value.length);
    }
  }

  same(count) {
    for (let n = 0; n < count; n++) this.add("same", true, true);
  }

  /** What was removed stands beside what came in its place. */
  flush() {
    const a = this.a.slice(this.left, this.left + this.removed), b = this.b.slice(this.right, this.right + this.added);
    for (const [here, there] of pairsOf(a, b)) this.add(here && there ? "changed" : here ? "removed" : "added", here, there);
    this.removed = this.added = 0;
  }

  add(kind, here, there) {
    const row = { kind };
    if (here) [row.a, row.left] = [this.a[this.left], ++this.left];
    if (there) [row.b, row.right] = [this.b[this.right], ++this.right];
    this.all.push(row);
  }
}

/** Which of the lines stand beside each other: `[whether one of a, whether one of b]`, the most alike where their numbers differ. */
function pairsOf(a, b) {
  const alone = [...Array(Math.max(a.length, b.length))].map((_, n) => [n < a.length, n < b.length]);
  if (a.length === b.length || !a.length || !b.length || a.length * b.length > MOST_PAIRED) return alone;
  const [few, many] = a.length < b.length ? [a, b] : [b, a];
  const spare = many.length - few.length;
  const words = many.map(wordsIn);
  // best[i][k]: how alike the lines from `few[i]` on can be, when `k` of `many` are left alone before it.
  const best = Array.from({ length: few.length + 1 }, () => Array(spare + 1).fill(0));
  const chosen = Array.from({ length: few.length }, () => Array(spare + 1).fill(0));
  for (let i = few.length - 1; i >= 0; i--) {
    const own = wordsIn(few[i]);
    for (let k = spare; k >= 0; k--) {
      const here = alike(own, words[i + k]) + best[i + 1][k];
      const later = k < spare ? best[i][k + 1] : -1;
      [best[i][k], chosen[i][k]] = here >= later ? [here, k] : [later, chosen[i][k + 1]];
    }
  }
  const only = few === a ? [false, true] : [true, false];
  const found = [];
  let k = 0;
  for (let i = 0; i < few.length; i++, found.push([true, true])) for (; k < chosen[i][k]; k++) found.push(only);
  for (; k < spare; k++) found.push(only);
  return found;
}

const wordsIn = (line) => new Set(line.slice(0, MOST_IN_LINE).match(/[\p{L}\p{N}_]+/gu));

/** How much of two lines is the same, from 0 to 1. */
function alike(a, b) {
  let both = 0;
  for (const word of a) if (b.has(word)) both += 1;
  return both ? (2 * both) / (a.size + b.size) : 0;
}

/** How many lines went and came. */
export function countsOf(rows) {
  let removed = 0, added = 0;
  for (const { kind } of rows) {
    if (kind === "changed" || kind === "removed") removed++;
    if (kind === "changed" || kind === "added") added++;
  }
  return { removed, added };
}

/** Stretches `{from, to, folded}` of the rows: what is far from every change is folded. */
export function stretchesOf(rows) {
  const found = [];
  let at = 0;
  const put = (to, folded) => {
    if (to > at) found.push({ from: at, to, folded });
    at = Math.max(at, to);
  };
  for (let i = 0; i < rows.length; i++) {
    if (rows[i].kind === "same") continue;
    const wanted = Math.max(at, i - MARGIN);
    put(wanted, wanted - at >= LEAST_FOLDED);
    while (i < rows.length && rows[i].kind !== "same") i++;
    put(Math.min(rows.length, i + MARGIN), false);
  }
  put(rows.length, rows.length - at >= LEAST_FOLDED && found.length > 0);
  return found;
}

/** A pair of lines in pieces `{text, kind}` for each side, or null where marks would not help. */
export function wordsOf(a, b, diffWords) {
  if (a.length > MOST_IN_LINE || b.length > MOST_IN_LINE) return null;
  const parts = diffWords(a, b, { timeout: 20 });
  if (!parts) return null;
  const alike = parts.reduce((sum, part) => sum + (part.added || part.removed ? 0 : part.value.trim().length), 0);
  if (alike < LEAST_ALIKE * Math.min(a.trim().length, b.trim().length)) return null;
  const side = (other) => parts.filter((part) => !part[other]).map((part) => ({ text: part.value, marked: Boolean(part.added || part.removed) }));
  return { a: side("added"), b: side("removed") };
}
