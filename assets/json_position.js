// Where in a JSON text a value stands, by its dotted path: `properties.age.type`.

const SPACE = /[\s]*/y;
const STRING = /"(?:[^"\\]|\\.)*"/y;
const PLAIN = /[^\s,\]}:"[{]+/y;

/**
 * The place of a value, `{line, column}` from 1; of a member that is not there, that of the object.
 * Null where the text is no JSON up to there. Names may hold dots: the longest that fits is taken.
 */
export function jsonPosition(text, path) {
  let at;
  try {
    at = new Walk(text).find(path);
  } catch (stop) {
    if (stop instanceof Lost || stop instanceof RangeError) return null;
    throw stop;
  }
  const before = text.slice(0, at).split("\n");
  return { line: before.length, column: before.at(-1).length + 1 };
}

class Lost extends Error {}

class Walk {
  constructor(text) {
    this.text = text;
    this.at = 0;
  }

  find(path) {
    let rest = path;
    let found = this.start();
    while (rest) {
      const next = this.member(found, rest);
      if (!next) break;
      found = next.at;
      rest = rest.slice(next.name.length + 1);
    }
    return this.named ?? found;
  }

  /** The start of the value that comes next. */
  start() {
    this.match(SPACE);
    return this.at;
  }

  /** The member of the value at a place that a path goes on with; the place shown is that of its name. */
  member(at, rest) {
    this.at = at;
    const open = this.text[at];
    if (open !== "{" && open !== "[") return null;
    const close = open === "{" ? "}" : "]";
    let best = null;
    this.at++;
    for (let index = 0; ; index++) {
      const named = this.start();
      if (this.text[this.at] === close) break;
      const name = open === "{" ? this.name() : String(index);
      const value = this.start();
      if ((rest === name || rest.startsWith(`${name}.`)) && (!best || name.length > best.name.length)) best = { name, at: value, named: open === "{" ? named : null };
      this.skip();
      this.start();
      if (this.text[this.at] === ",") this.at++;
      else if (this.text[this.at] !== close) throw new Lost();
    }
    if (best) this.named = best.named ?? best.at;
    return best;
  }

  name() {
    const name = this.match(STRING);
    this.start();
    if (!name || this.text[this.at++] !== ":") throw new Lost();
    return JSON.parse(name);
  }

  skip() {
    const open = this.text[this.at];
    if (open === '"' || (open !== "{" && open !== "[")) {
      if (!this.match(open === '"' ? STRING : PLAIN)) throw new Lost();
      return;
    }
    for (let depth = 0; this.at < this.text.length; ) {
      const here = this.text[this.at];
      if (here === '"') {
        if (!this.match(STRING)) throw new Lost();
        continue;
      }
      if (here === "{" || here === "[") depth++;
      if (here === "}" || here === "]") depth--;
      this.at++;
      if (!depth) return;
    }
    throw new Lost();
  }

  match(pattern) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found) this.at += found.length;
    return found;
  }
}
