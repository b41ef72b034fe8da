import assert from "node:assert/strict";
import { test } from "node:test";
import { readExport } from "../../../assets/export_reader.js";

const answer = (text, status = 200) => new Response(text, { status });
const lines = (...frames) => frames.map((frame) => `${JSON.stringify(frame)}\n`).join("");
const BEGUN = lines({ text: "head,", rows: 0 }, { text: "ä\n", rows: 1 });

test("the pieces make the file, and how far it is is told", async () => {
  const told = [];
  const pieces = await readExport(answer(BEGUN + lines({ rows: 1, done: true })), (rows) => told.push(rows));
  assert.equal(pieces.join(""), "head,ä\n");
  assert.deepEqual(told, [0, 1, 1]);
});

test("pieces may be cut anywhere on their way", async () => {
  const bytes = new TextEncoder().encode(BEGUN + lines({ rows: 1, done: true }));
  const body = new ReadableStream({ start: (to) => (bytes.forEach((_, at) => to.enqueue(bytes.slice(at, at + 1))), to.close()) });
  assert.equal((await readExport(new Response(body), () => {})).join(""), "head,ä\n");
});

test("a file that ends before its end is none", async () => {
  for (const text of [BEGUN, BEGUN + '{"rows":1,"done":true}', ""]) {
    await assert.rejects(readExport(answer(text), () => {}), /before the end/);
  }
});

test("what went wrong is told, with the id of the request", async () => {
  const broken = BEGUN + lines({ error: { message: "Away", request_id: "r1" } });
  await assert.rejects(readExport(answer(broken), () => {}), /^Error: Away \(request r1\)$/);
  await assert.rejects(readExport(answer('{"message":"No"}', 400), () => {}), /^Error: No$/);
  await assert.rejects(readExport(answer("<html>", 502), () => {}), /^Error: The console answered 502\.$/);
});
