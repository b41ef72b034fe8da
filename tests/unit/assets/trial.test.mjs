// What a draft tells while it runs.
import assert from "node:assert/strict";
import { test } from "node:test";
import { NOTHING_HEARD, heard, placeOf, runTrial } from "../../../assets/trial.js";

test("of many lines the newest are kept, and the rest is counted", () => {
  const first = heard(NOTHING_HEARD, { lines: [1, 2, 3] }, 4);
  const second = heard(first, { lines: [4, 5], progress: 0.5, note: null }, 4);
  assert.deepEqual(second, { lines: [2, 3, 4, 5], dropped: 1, progress: 0.5, note: null });
  assert.equal(heard(second, { end: { status: "FAILED" } }, 4).lines, second.lines);
});

test("an error that names a line is a problem of the source", () => {
  const end = { error_message: "DataError: no", error_details: { line: 2, column: null } };
  assert.deepEqual(placeOf(end), { line: 2, column: undefined, message: "When it ran: DataError: no" });
  assert.equal(placeOf({ error_message: "x" }), null);
  assert.equal(placeOf(undefined), null);
});

test("a refusal, a console that is away and a stream that breaks off are told apart", async (t) => {
  const { signal } = new AbortController();
  const news = [];
  const asked = (answer) => {
    t.mock.method(globalThis, "fetch", answer);
    return runTrial("prod", {}, signal, (each) => news.push(each));
  };
  const refused = { ok: false, status: 400, json: async () => ({ message: "No.", fields: { "input.a": "is required" } }) };
  assert.deepEqual(await asked(async () => refused), { message: "No.", fields: { "input.a": "is required" } });
  assert.match((await asked(async () => Promise.reject(new TypeError("gone")))).message, /does not answer/);
  const broken = { read: async () => Promise.reject(new TypeError("gone")) };
  assert.equal(await asked(async () => ({ ok: true, body: { getReader: () => broken } })), null);
  assert.match(news[0].error.message, /broke off/);
});
