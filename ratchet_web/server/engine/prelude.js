// Evaluated in each fresh isolate before the task's source: bare V8 has no console, timers or fetch.
// Everything leaves through a ring in shared memory, which Python reads while V8 is busy; a callback into
// Python would have to wait for the end of a busy loop. What is needed later is captured here, and frames
// have no prototype, because a task may redefine every global and add a toJSON to anything.
(limits) => {
  "use strict"; // or Error.prepareStackTrace could hand a task the functions below
  const { stringify, parse } = JSON, { load, store, wait, waitAsync } = Atomics;
  const { defineProperty, freeze, fromEntries, getPrototypeOf, prototype: bare } = Object, { min, max } = Math;
  const E = Error, S = String, P = Promise, TE = TypeError, I32 = Int32Array, SAB = SharedArrayBuffer;
  const now = Date.now, isArray = Array.isArray;
  const method = (f) => Function.prototype.call.bind(f);
  const charCodeAt = method(S.prototype.charCodeAt), slice = method(S.prototype.slice);
  const callOf = method(Map.prototype.get), endCall = method(Map.prototype.delete);
  delete JSON.rawJSON; // with it an output could hold what no reader takes for JSON
  const wellFormed = method(S.prototype.toWellFormed), replace = method(S.prototype.replace);
  const functionText = method(Function.prototype.toString), then = method(P.prototype.then);

  // --- the ring: Int32 write, read, nap; Float64 lines and characters dropped; then UTF-16 units
  const memory = new SAB(32 + 2 * (1 << 19));
  const head = new I32(memory, 0, 3), dropped = new Float64Array(memory, 16, 2);
  const units = new Uint16Array(memory, 32), size = units.length;
  const post = (kind, json) => {
    const frame = kind + json, length = frame.length;
    let at = head[0];
    const put = (unit) => {
      const next = at + 1 === size ? 0 : at + 1;
      if (next === load(head, 1)) {
        store(head, 0, at);
        while (next === load(head, 1)) wait(head, 2, 0, 2);
      }
      units[at] = unit;
      at = next;
    };
    put(length & 0xffff);
    put(length >>> 16);
    for (let i = 0; i < length; i++) put(charCodeAt(frame, i));
    store(head, 0, at);
  };

  // --- text of any value; never throws
  const attempt = (read, otherwise) => { try { return read(); } catch { return otherwise; } };
  const text = (value) => wellFormed(S(value));
  const ownFrames = (stack) => replace(stack, /\n\s+at [^\n]*(?:ratchet\.js|<anonymous>)[^\n]*/g, "");
  const functionName = (f) => `[Function ${f.name || "(anonymous)"}]`;
  const plain = () => {
    const above = [];
    return function (key, value) {
      if (typeof value === "bigint") return `${value}n`;
      if (typeof value === "function") return functionName(value);
      if (typeof value !== "object" || value === null) return value;
      while (above.length && above[above.length - 1] !== this) above.length--;
      if (above.includes(value)) return "[Circular]";
      above.push(value);
      return value instanceof E ? S(value) : value instanceof Map || value instanceof Set ? [...value] : value;
    };
  };
  const show = (value) => attempt(() => {
    if (typeof value === "string") return wellFormed(value);
    if (value instanceof E) return ownFrames(text(value.stack || value));
    if (typeof value === "function") return text(functionName(value));
    if (typeof value === "bigint" || typeof value === "symbol") return text(value);
    return wellFormed(stringify(value, plain()) ?? S(value));
  }, "[unprintable]");

  // --- console and progress
  let lines = 0, room = limits.logBytes;
  const write = (level, line, fields = null) => {
    room -= min(line.length, limits.lineChars) + (fields === null ? 0 : fields.length);
    if (lines >= limits.lines || room < 0) {
      dropped[0]++;
      dropped[1] += line.length;
      return;
    }
    lines++;
    const cut = line.length - limits.lineChars;
    if (cut > 0) line = `${wellFormed(slice(line, 0, limits.lineChars))} … [${cut} more characters]`;
    post("l", stringify({ __proto__: null, level, time: now(), text: line, fields }));
  };
  const isPlain = (value) => attempt(() => {
    if (typeof value !== "object" || value === null || isArray(value)) return false;
    const above = getPrototypeOf(value);
    return above === null || above === bare;
  }, false);
  const printer = (level) => (...values) => {
    let line = "", shown = "";
    for (let i = 0; i < values.length; i++) {
      shown = show(values[i]);
      line += (i ? " " : "") + shown;
    }
    const isObjectText = shown.length <= limits.lineChars && charCodeAt(shown, 0) === 123;
    write(level, line, isObjectText && isPlain(values[values.length - 1]) ? shown : null);
  };
  globalThis.console = freeze({ log: printer("info"), info: printer("info"), warn: printer("warn"),
    error: printer("error"), debug: printer("debug") });
  globalThis.progress = (value, note) => {
    const share = attempt(() => +value, NaN);
    if (share !== share) return write("warn", `progress(${show(value)}) ignored: a number from 0 to 1 is needed`);
    const said = note == null ? null : wellFormed(slice(show(note), 0, 1000));
    post("p", stringify({ __proto__: null, value: min(1, max(0, share)), note: said }));
  };

  // --- timers; an error in one fails the execution, as nobody else could see it
  let timers = 0;
  const pending = new Set();
  const arm = (id, run, delay, again) => {
    const fire = () => {
      if (!pending.has(id)) return;
      if (!again) pending.delete(id);
      try { run(); } catch (error) { return fail(error); }
      if (again && pending.has(id)) arm(id, run, delay, again);
    };
    then(waitAsync(new I32(new SAB(4)), 0, 0, max(1, +delay || 0)).value, fire);
    return id;
  };
  const timer = (again) => (run, delay, ...args) => {
    if (typeof run !== "function") throw new TE("A timer needs a function");
    pending.add(++timers);
    return arm(timers, () => run(...args), delay, again);
  };
  globalThis.setTimeout = timer(false);
  globalThis.setInterval = timer(true);
  globalThis.clearTimeout = globalThis.clearInterval = (id) => { pending.delete(id); };
  globalThis.__timer_manager = undefined;
  globalThis.sleep = (ms) => new P((resolve) => { setTimer(resolve, ms); });
  const setTimer = globalThis.setTimeout;

  // --- fetch, answered by the server; the third argument is that of the original fetch(url, params, body)
  const calls = new Map(), queue = [];
  let asked = 0, open = 0;
  const ask = () => {
    while (open < limits.fetches && queue.length) {
      const [request, resolve] = queue.shift();
      open++;
      calls.set(++asked, resolve);
      post("f", `{"id":${asked},${slice(request, 1)}`);
    }
  };
  const headerPairs = (given) => {
    const pairs = { __proto__: null };
    if (given == null) return pairs;
    const entries = isArray(given) ? given : typeof given.entries === "function" ? [...given.entries()] : Object.entries(given);
    for (const [name, value] of entries) pairs[text(name).toLowerCase()] = text(value);
    return pairs;
  };
  class Headers {
    #pairs;
    constructor(pairs) { this.#pairs = new Map(pairs); }
    get(name) { return this.#pairs.get(S(name).toLowerCase()) ?? null; }
    has(name) { return this.#pairs.has(S(name).toLowerCase()); }
    keys() { return this.#pairs.keys(); }
    values() { return this.#pairs.values(); }
    entries() { return this.#pairs.entries(); }
    forEach(visit) { this.#pairs.forEach((value, name) => visit(value, name, this)); }
    [Symbol.iterator]() { return this.#pairs.entries(); }
    toJSON() { return fromEntries(this.#pairs); }
  }
  class Response {
    #body;
    constructor({ status, reason, url, headers, redirected }, body) {
      this.ok = status >= 200 && status < 300;
      this.status = status;
      this.statusText = reason;
      this.url = url;
      this.redirected = redirected;
      this.headers = new Headers(headers);
      this.#body = body;
    }
    async text() { return this.#body; }
    async json() { return parse(this.#body); }
  }
  globalThis.fetch = async (url, options, payload) => {
    options ??= {};
    const given = payload ?? options.body, headers = headerPairs(options.headers);
    const json = given != null && typeof given !== "string";
    if (json) headers["content-type"] ??= "application/json";
    const request = stringify({ __proto__: null, url: text(url), method: text(options.method ?? "GET").toUpperCase(), headers,
      redirect: text(options.redirect ?? "follow"), body: given == null ? null : wellFormed(json ? stringify(given) : given) });
    if (request.length > limits.requestChars) throw new TE(`fetch failed: the request is larger than ${limits.requestChars} characters (limit)`);
    const { ok, said, body } = await new P((resolve) => { queue.push([request, resolve]); ask(); });
    if (!ok) throw new TE(said); // made here, so that its stack names the task's line
    return new Response(parse(said), body);
  };

  // --- the error classes of the original server
  const errorClass = (name, shape) => {
    const made = { [name]: shape }[name];
    defineProperty(made, "name", { value: name });
    defineProperty(made.prototype, "name", { value: name, writable: true, configurable: true });
    globalThis[name] = made;
  };
  for (const kind of ["Authentication", "Authorization", "Network", "Validation", "Configuration", "RateLimit",
    "ServiceUnavailable", "Timeout", "Data"]) errorClass(`${kind}Error`, class extends E {});
  errorClass("HttpError", class extends E {
    constructor(status, message, options) { super(message ?? `HTTP ${status}`, options); this.status = status; }
  });
  globalThis.module = { exports: {} };
  globalThis.exports = globalThis.module.exports;

  // --- the end: exactly one of "d" (done) and "e" (error) counts, the first
  const isObject = (value) => typeof value === "object" && value !== null;
  const part = (thrown, key) => attempt(() => typeof thrown[key] === "string" ? thrown[key] : "", "");
  const stackOf = (thrown, depth) => {
    const cause = attempt(() => thrown.cause, undefined);
    const below = isObject(cause) && depth < 4 ? `\nCaused by: ${stackOf(cause, depth + 1)}` : "";
    return (part(thrown, "stack") || show(thrown)) + below;
  };
  const fail = (thrown) => {
    const named = isObject(thrown);
    const message = named && (attempt(() => thrown instanceof E, false) || part(thrown, "message")) ? part(thrown, "message") : show(thrown);
    post("e", stringify({ __proto__: null, name: wellFormed(slice((named && part(thrown, "name")) || "Error", 0, 200)),
      message: wellFormed(slice(message, 0, 10000)), stack: named ? wellFormed(slice(stackOf(thrown, 0), 0, 20000)) : "" }));
  };
  const failOutput = (message, entry) => post("e", stringify({ __proto__: null, name: "OutputError",
    message: wellFormed(message), stack: "", entry: wellFormed(slice(functionText(entry), 0, 2000)) }));
  const deliver = (value, entry) => {
    const type = typeof value;
    if (type === "function" || type === "symbol" || type === "bigint")
      return failOutput(`main returned a ${type === "bigint" ? "BigInt" : type}, which is not JSON`, entry);
    let output;
    try { output = stringify(value) ?? "null"; }
    catch (error) { return failOutput(`main returned something that is not JSON: ${show(part(error, "message") || error)}`, entry); }
    if (output.length > limits.outputBytes) return failOutput(`The output is larger than ${limits.outputBytes} bytes (limit)`, entry);
    post("d", output);
  };
  const entryPoint = () => {
    const exported = globalThis.module?.exports;
    if (typeof exported === "function") return exported;
    if (typeof exported?.main === "function") return exported.main;
    return typeof main === "function" ? main : undefined;
  };
  defineProperty(globalThis, "__ratchet", { value: freeze({
    defined: () => attempt(() => entryPoint() !== undefined, false),
    answer(id, ok, said, body) {
      // A task can call this too: only an answer to a question that was asked makes room for another.
      const resolve = callOf(calls, id);
      if (!resolve || !endCall(calls, id)) return;
      open--;
      resolve({ ok, said, body });
      ask();
    },
    async run(input, context, anonymous) {
      let entry, value;
      try {
        entry = entryPoint() ?? anonymous;
        value = await entry(parse(input), parse(context));
      } catch (error) { return fail(error); }
      deliver(value, entry);
    },
  }) });
  return memory;
}
