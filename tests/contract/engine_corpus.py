"""Hostile tasks: how each must end, with a clear error or without harm."""

import json
from typing import NamedTuple

TIME = r"TimeLimitError: Ran longer than 0\.4 s \(limit\)"
MEMORY = r"MemoryLimitError: Used more than 64 MB of memory \(limit\)"
OUTPUT = r"OutputError: The output is larger than 10000 bytes \(limit\)"
NOT_JSON = r"OutputError: main returned something that is not JSON: "
NO_BUFFER = "RangeError: Array buffer allocation failed"
REFUSED = r"TypeError: fetch failed: .* is a private address, which this server refuses"
NO_ADDRESS = r"TypeError: fetch failed: "


class Case(NamedTuple):
    """A body of `async function main(input)`, and how it must end: an error, or an output."""

    name: str
    body: str
    error: str = ""
    output: str = ""
    before: str = ""


LOOPS = [
    Case("a loop", "for (;;);", TIME),
    Case("a loop after an await", "await null; for (;;);", TIME),
    Case("microtasks without end", "for (;;) await null;", TIME),
    Case(
        "promises that chain themselves",
        "const f = () => Promise.resolve().then(f); f(); await sleep(1e9);",
        # What it leaves behind is collected late: whichever limit it meets first.
        f"{TIME}|{MEMORY}",
    ),
    Case("a generator without end", "function* g() { for (;;) yield 1; } for (const x of g());", TIME),
    Case("a promise that never settles", "await new Promise(() => {});", TIME),
    Case("a thenable that never answers", "return { then() {} };", TIME),
    Case("waiting in shared memory", "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);", TIME),
    Case("backtracking", "/^(a|a)+$/.test('a'.repeat(60) + 'b');", TIME),
    Case(
        "a flood of timers",
        "const f = () => { setTimeout(f, 0); setTimeout(f, 0); }; f(); await sleep(1e9);",
        TIME,
    ),
    Case("a busy interval", "setInterval(() => { for (;;); }, 1); await sleep(1e9);", TIME),
    Case("a loop in a getter of the error", "throw { get message() { for (;;); } };", TIME),
    Case("a loop in a getter of the output", "return { get a() { for (;;); } };", TIME),
    Case("a loop in toJSON", "return { toJSON() { for (;;); } };", TIME),
    Case("a loop in a proxy of the output", "return new Proxy({}, { ownKeys() { for (;;); } });", TIME),
    Case("a loop in what is printed", "console.log({ get a() { for (;;); } });", TIME),
    Case("catching everything", "for (;;) { try { for (;;) await sleep(1); } catch {} }", TIME),
    Case("a loop while loading", "", TIME, before="for (;;);"),
    Case("a sort without end", "[3, 2, 1].sort(() => { for (;;); });", TIME),
    Case(
        "WebAssembly without end",
        "new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array([0,97,115,109,1,"
        "0,0,0,1,4,1,96,0,0,3,2,1,0,7,5,1,1,102,0,0,10,9,1,7,0,3,64,12,0,11,11]))).exports.f();",
        TIME,
    ),
]

MEMORIES = [
    Case("objects", "const a = []; for (;;) a.push({ a: [a.length] });", MEMORY),
    Case(
        "strings",
        "const a = []; for (let i = 0; ; i++) a.push(('x' + i).repeat(1e5).split('').join('-'));",
        MEMORY,
    ),
    Case(
        "a string too long", "let s = 'x'.repeat(1e6); for (;;) s += s;", "RangeError: Invalid string length"
    ),
    Case(
        "a map",
        "const m = new Map(); for (let i = 0; ; i++) m.set(i, [i]);",
        f"{MEMORY}|RangeError: Map maximum size exceeded",
    ),
    Case(
        "memory after awaits",
        "const a = []; for (;;) { a.push(new Array(1e5).fill(1.5)); await null; }",
        MEMORY,
    ),
    Case(
        "closures",
        "let f = () => 1; for (;;) { const g = f, a = new Array(100).fill(1.5); f = () => g() + a[0]; }",
        MEMORY,
    ),
    Case("promises", "const a = []; for (;;) a.push(new Promise(() => {}));", MEMORY),
    Case("array buffers", "const a = []; for (;;) a.push(new ArrayBuffer(5e7));", NO_BUFFER),
    Case("shared memory", "const a = []; for (;;) a.push(new SharedArrayBuffer(5e7));", NO_BUFFER),
    Case(
        "WebAssembly memory",
        "const a = []; for (;;) a.push(new WebAssembly.Memory({ initial: 1600 }));",
        "RangeError: WebAssembly.Memory.*could not allocate memory",
    ),
    Case(
        "an array with a huge length",
        "return new Array(4294967295).join('x').length;",
        "RangeError: Invalid string length",
    ),
]

DEPTHS = [
    Case("recursion", "const f = () => 1 + f(); f();", "RangeError: Maximum call stack size exceeded"),
    Case("a deep output", "let a = []; for (let i = 0; i < 1e6; i++) a = [a]; return a;", "OutputError: "),
    Case(
        "a circle in the output",
        "const a = {}; a.a = a; return a;",
        NOT_JSON + "Converting circular structure",
    ),
    Case("a huge output", "return 'x'.repeat(1e6);", OUTPUT),
    Case("an output that grows in UTF-8", "return '€'.repeat(9000);", OUTPUT),
    Case(
        "an output of many keys",
        "return Object.fromEntries(Array.from({ length: 1e5 }, (_, i) => [i, i]));",
        OUTPUT,
    ),
    Case(
        "a deep thing printed",
        "let a = []; for (let i = 0; i < 1e6; i++) a = [a]; console.log(a);",
        output="null",
    ),
    Case(
        "a deep cause",
        "let e = new Error('top'); for (let i = 0; i < 1e5; i++) e = new Error('x', { cause: e }); throw e;",
        "Error: x",
    ),
    Case("an error as long as a book", "throw new Error('x'.repeat(1e7));", "Error: x{10000}$"),
    Case(
        "an error with a long name",
        "const e = new Error('no'); e.name = 'N'.repeat(1e6); throw e;",
        "N{200}: no",
    ),
]

GAMES = [
    Case(
        "every prototype emptied",
        "return 5;",
        output="{}",
        before="""
      for (const it of [Object, Array, Function, String, Promise, Map, Set, Error, RegExp, Symbol, Number])
        for (const name of Object.getOwnPropertyNames(it.prototype))
          try { delete it.prototype[name]; } catch {}""",
    ),
    Case(
        "JSON replaced",
        "return { a: 1 };",
        output='{"a":1}',
        before="JSON.stringify = () => '\"hijacked\"'; JSON.parse = () => 'hijacked';",
    ),
    Case(
        "toJSON on everything",
        "console.log('x'); return { a: [1] };",
        "",
        '"hijacked"',
        before="Object.prototype.toJSON = () => 'hijacked';",
    ),
    Case(
        "the iterator of arrays replaced",
        "console.log('a', 'b'); return [1];",
        output="[1]",
        before="Array.prototype[Symbol.iterator] = function* () { for (;;) yield 1; };",
    ),
    Case(
        "then replaced",
        "await sleep(1); return 1;",
        "TypeError|TimeLimitError|^$",
        "1",
        before="Promise.prototype.then = () => { throw new TypeError('then'); };",
    ),
    Case(
        "Promise replaced",
        "return 1;",
        output="1",
        before="globalThis.Promise = null; globalThis.Atomics = null;",
    ),
    Case(
        "setters on the prototype of arrays",
        "console.log(1, 2); return [1, 2];",
        output="[1,2]",
        before="for (let i = 0; i < 10; i++) Object.defineProperty(Array.prototype, i, { set() "
        "{ throw 1; }, get() { return 9; } });",
    ),
    Case(
        "stack traces prepared",
        "console.log('x'); throw new Error('seen');",
        "Error: seen",
        before="Error.prepareStackTrace = (e, frames) => frames.map((f) => { const g = "
        "f.getFunction(); if (g) globalThis.left = g; return g; });",
    ),
    Case(
        "the functions behind console",
        """
      const seen = [];
      Error.prepareStackTrace = (e, frames) => {
        for (const f of frames) seen.push(f.getFunction(), f.getThis());
        return "";
      };
      console.log({ get a() { return new Error().stack; } });
      return seen.filter((it) => typeof it === "function" && /post|put|write/.test(it.name)).length;""",
        output="0",
    ),
    Case(
        "the hidden object changed",
        "__ratchet.run = null; __ratchet = null; return typeof __ratchet.run;",
        output='"function"',
    ),
    Case(
        "an end called by hand",
        "await __ratchet.run('1', '1'); return 2;",
        "RangeError|TimeLimitError|MemoryLimitError",
    ),
    Case(
        "fetches answered by hand",
        """
      for (let n = 1; n < 3000; n++) {
        fetch("http://10.1.1.1/").catch(() => 0);
        __ratchet.answer(n, true, "{}", "");
      }
      await sleep(1e9);""",
        "WorkerError: .* sent more than 16 fetches at once|" + TIME,
    ),
    Case("a source that ends early", "} function other() {", output="null"),
    Case("another name for the source", "throw new Error('here');\n//# sourceURL=ratchet.js", "Error: here"),
    Case("a comment left open", "/*", "SyntaxError: "),
    Case(
        "a proxy of globalThis below it",
        "return 1;",
        output="1",
        before="try { Object.setPrototypeOf(globalThis, new Proxy({}, { get() { for (;;); } })); } catch {}",
    ),
]

THROWN = [
    Case("null", "throw null;", "Error: null"),
    Case("undefined", "throw undefined;", "Error: undefined"),
    Case("a symbol", "throw Symbol('s');", r"Error: Symbol\(s\)"),
    Case(
        "a revoked proxy",
        "const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); throw proxy;",
        "Error: ",
    ),
    Case(
        "an error whose getters throw",
        "throw { get message() { throw 1; }, get stack() { throw 2; }, get name() { throw 3; } };",
        "Error: ",
    ),
    Case(
        "an error with an odd name",
        "throw Object.assign(new Error('m'), { name: { toString() { throw 1; } } });",
        "Error: m",
    ),
    Case("half a character", "throw new Error('\\ud800');", "Error: \ufffd"),
    Case("a rejection of nothing", "await Promise.reject();", "Error: undefined"),
    Case(
        "an output whose getter throws",
        "return { get a() { throw new Error('inside'); } };",
        NOT_JSON + "inside",
    ),
    Case("an output whose toJSON throws", "return { toJSON() { throw null; } };", NOT_JSON + "null"),
    Case("half a character in the output", "return '\\udfff';", output='"\ufffd"'),
    Case("a symbol as the output", "return Symbol('s');", "OutputError: main returned a symbol"),
]

ATTEMPTS = [
    Case(
        "a file",
        "return require('fs').readFileSync('/etc/passwd');",
        "ReferenceError: require is not defined",
    ),
    Case("a process", "return process.env;", "ReferenceError: process is not defined"),
    Case(
        "a process by a constructor",
        "return console.log.constructor('return process')().env;",
        "ReferenceError: process is not defined",
    ),
    Case("an import", "return await import('fs');", "Error: "),
    Case("an import of a file", "return await import('file:///etc/passwd');", "Error: "),
    Case(
        "eval",
        "return eval('typeof require + typeof Deno + typeof process');",
        output='"undefinedundefinedundefined"',
    ),
    Case("a socket", "new WebSocket('ws://127.0.0.1');", "ReferenceError: WebSocket is not defined"),
    Case("a request of old", "new XMLHttpRequest();", "ReferenceError: XMLHttpRequest is not defined"),
    Case("a worker", "new Worker('x');", "ReferenceError: Worker is not defined"),
    Case("the input of others", "return Object.keys(__ratchet).sort();", output='["answer","defined","run"]'),
    Case(
        "what others left",
        "left = 1; [].__proto__.left = 1; (() => {}).__proto__.left = 1; globalThis.left2 = 1;",
        output="null",
    ),
    Case("native code by a percent sign", "return %DebugPrint(1);", "SyntaxError: "),
    Case("the collector", "gc();", "ReferenceError: gc is not defined"),
    Case("Java", "return Java.type('x');", "ReferenceError: Java is not defined"),
]

FLOODS = [
    Case("a console flood", "for (;;) console.log('again');", TIME),
    Case("a line of ten million", "console.log('x'.repeat(1e7));", output="null"),
    Case(
        "a thousand long lines",
        "for (let i = 0; i < 1000; i++) console.log('x'.repeat(5000)); return 1;",
        output="1",
    ),
    Case(
        "half characters printed",
        "console.log('\\ud800', ['\\udfff'], { a: '\\ud800' }); return 1;",
        output="1",
    ),
    Case(
        "odd progress",
        "for (const p of [NaN, Infinity, -1, {}, [], null, Symbol(), 1n, { valueOf() { throw 1; "
        "} }]) progress(p, p);"
        " return 1;",
        output="1",
    ),
    Case("a progress flood", "for (;;) progress(Math.random(), 'x'.repeat(1e5));", TIME),
    Case(
        "a fetch flood",
        "await Promise.all(Array.from({ length: 200 }, () => fetch('http://127.0.0.1:1/')));",
        REFUSED,
    ),
    Case(
        "a request of a hundred million",
        "await fetch('http://x.test/', { method: 'POST', body: 'x'.repeat(7e6) });",
        "TypeError: fetch failed: the request is larger than 6000000 characters",
    ),
    Case(
        "a fetch with odd headers",
        "await fetch('http://127.0.0.1/', { headers: { 'a\\nb': 'c\\r\\nd' } });",
        NO_ADDRESS,
    ),
    Case(
        "a fetch with an odd method",
        "await fetch('http://127.0.0.1/', { method: 'GET / HTTP/1.1\\r\\nx: y' });",
        NO_ADDRESS,
    ),
]

DISGUISES = [
    "http://127.0.0.1/",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.1/",
    "http://localhost/",
    "http://LOCALHOST/",
    "http://0/",
    "http://0.0.0.0/",
    "http://[::1]/",
    "http://[::]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[2001:0:7f00:1::]/",
    "http://[fd00::1]/",
    "http://[fe80::1]/",
    "http://[fec0::1]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b:1::a00:1]/",
    "http://169.254.169.254/latest/meta-data/",
    "http://100.64.0.1/",
    "http://10.0.0.1/",
    "http://192.168.0.1/",
    "http://172.31.255.255/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://[ff02::1]/",
    "http://public.test@127.0.0.1/",
    "http://127.0.0.1:8080/api/v1/tasks",
    "HTTP://127.0.0.1/",
]
NO_HOSTS = [
    "http://0177.0.0.1/",
    "http://localhost./",
    "file:///etc/passwd",
    "ftp://127.0.0.1/",
    "gopher://127.0.0.1/",
    "data:text/plain,x",
    "http://",
    "//127.0.0.1/",
    "unix:/x",
    "http://127.0.0.1:99999/",
    "http://127.0.0.1\\n.test/",
    "http://[::1",
    "http://１２７.0.0.1/",
]
FETCHES = [
    *(Case(f"fetch {url}", f"await fetch({json.dumps(url)});", REFUSED) for url in DISGUISES),
    *(Case(f"fetch {url}", f"await fetch('{url}');", NO_ADDRESS) for url in NO_HOSTS),
]

CORPUS = [*LOOPS, *MEMORIES, *DEPTHS, *GAMES, *THROWN, *ATTEMPTS, *FLOODS, *FETCHES]
