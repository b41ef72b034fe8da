// Where a text stops being JSON (RFC 8259), in words. JSON.parse decides; this only looks for the place,
// because each browser words its errors differently and not all of them say where.

/** The first problem of a text, `{message, line, column, at}` (line and column from 1, `at` from 0); null: it is JSON. */
export function jsonProblem(text) {
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    const { message, at } = locate(text) ?? { message: error.message, at: text.length };
    const before = text.slice(0, at).split("\n");
    return { message, at, line: before.length, column: before.at(-1).length + 1 };
  }
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const STRING = /"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y;
const WORD = /[A-Za-z_$][\w$]*/y;

class Stop extends Error {
  constructor(message, at) {
    super(message);
    this.at = at;
  }
}

function locate(text) {
  try {
    new Scanner(text).document();
    return null;
  } catch (stop) {
    if (stop instanceof Stop) return stop;
    if (stop instanceof RangeError) return null; // nested too deeply for us to look
    throw stop;
  }
}

class Scanner {
  constructor(text) {
    this.text = text;
    this.at = 0;
  }

  document() {
    this.value("a value");
    if (this.peek()) this.stop("Nothing may follow the end of the value");
  }

  peek() {
    while (" \t\n\r".includes(this.text[this.at] || "x")) this.at++;
    return this.text[this.at];
  }

  value(wanted) {
    const first = this.peek();
    if (first === "{") return this.list("}", () => this.property());
    if (first === "[") return this.list("]", () => this.value('a value or "]"'));
    if (first === '"') return this.string();
    if (first === "'") this.stop('Texts stand in double quotes, not in "\'"');
    if (this.match(NUMBER)) return undefined;
    const start = this.at;
    const word = this.match(WORD);
    if (["true", "false", "null"].includes(word)) return undefined;
    if (word) this.stop(`"${word}" is not a value; a text needs double quotes`, start);
    return this.miss(wanted);
  }

  list(end, item) {
    this.at++;
    if (this.peek() === end) return void this.at++;
    for (;;) {
      item();
      const next = this.peek();
      if (next !== "," && next !== end) this.miss(`"," or "${end}"`);
      const comma = this.at++;
      if (next === end) return undefined;
      if (this.peek() === end) this.stop(`No comma may stand before "${end}"`, comma);
    }
  }

  property() {
    if (this.peek() !== '"') {
      const start = this.at;
      const name = this.match(WORD);
      if (name) this.stop(`The name ${name} needs double quotes`, start);
      this.miss('a name in double quotes or "}"');
    }
    this.string();
    if (this.peek() !== ":") this.miss('":" after the name');
    this.at++;
    this.value("a value");
  }

  string() {
    const start = this.at;
    this.match(STRING);
    const next = this.text[this.at];
    if (next === '"') return void this.at++;
    if (next === "\\") return this.stop("This escape does not exist in JSON");
    if (next === "\t") return this.stop("A tab inside a text is written \\t");
    return this.stop(next ? "The text is not closed before the end of the line" : "The text is not closed", start);
  }

  match(pattern) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found) this.at += found.length;
    return found;
  }

  miss(wanted) {
    this.stop(this.peek() ? `Expected ${wanted}` : `The end came too early: expected ${wanted}`);
  }

  stop(message, at = this.at) {
    throw new Stop(message, at);
  }
}
