import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { LogReader } from "../../../assets/log_reader.js";

const line = (seq) => ({ seq, time: new Date(1_760_000_000_000 + seq).toISOString(), level: "info", source: "task", text: `line ${seq}` });
const lines = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => line(from + i));
const log = { total: 0, done: false, down: false, asked: 0 };

globalThis.fetch = async (url) => {
  log.asked++;
  if (log.down) throw new TypeError("no network");
  const asked = new URL(url, "http://console").searchParams;
  const [from, n] = [Number(asked.get("from")), Number(asked.get("n"))];
  assert.ok(n <= 1000);
  const first = from < 0 ? Math.max(0, log.total + from) : Math.min(from, log.total);
  return Response.json({ first, total: log.total, done: log.done, lines: lines(first + 1, Math.min(log.total, first + n)) });
};

beforeEach(() => Object.assign(log, { total: 0, done: false, down: false, asked: 0 }));

async function opened(total, { done = false, at } = {}) {
  Object.assign(log, { total, done });
  const reader = new LogReader("/logs", { changed() {}, prepending() {} });
  await reader.open(at);
  return reader;
}

async function print(reader, n, { said = n, ...more } = {}) {
  log.total += n;
  reader.receive({ lines: lines(log.total - said + 1, log.total), total: log.total, ...more });
  while (reader.catching !== -1) await new Promise(setImmediate);
}

const held = (reader) => reader.blocks.flatMap((block) => block.lines).map(({ seq }) => seq);
const consecutive = (reader) => assert.deepEqual(held(reader), lines(reader.first + 1, reader.end).map(({ seq }) => seq));

test("a log that grows opens at its end and follows", async () => {
  const reader = await opened(5000);
  assert.deepEqual([reader.end, reader.follow], [5000, true]);
});

test("a finished log opens at its start, and times count from line 1", async () => {
  const reader = await opened(5000, { done: true });
  assert.deepEqual([reader.first, reader.follow, reader.origin], [0, false, Date.parse(line(1).time)]);
});

test("times count from line 1 although only the end was read", async () => {
  assert.equal((await opened(5000)).origin, Date.parse(line(1).time));
});

test("a link opens its line, one beyond the end opens the end", async () => {
  assert.deepEqual((await opened(5000, { at: 2500 })).place, { line: 2500, at: "center" });
  const beyond = await opened(50, { at: 9999 });
  assert.deepEqual([beyond.place.line, beyond.end], [50, 50]);
});

test("lines that arrive need no request", async () => {
  const reader = await opened(0);
  const before = log.asked;
  await print(reader, 3);
  await print(reader, 150);
  assert.deepEqual([reader.end, log.asked], [153, before]);
  consecutive(reader);
});

test("lines that were missed are fetched", async () => {
  const reader = await opened(10);
  await print(reader, 60, { said: 3 });
  assert.equal(reader.end, 70);
  consecutive(reader);
});

test("after a large gap only the newest lines are kept", async () => {
  const reader = await opened(10);
  await print(reader, 50_000, { said: 2 });
  assert.equal(reader.end, 50_010);
  assert.ok(held(reader).length <= 600);
  consecutive(reader);
});

test("lines heard twice are held once", async () => {
  const reader = await opened(10);
  reader.receive({ lines: lines(1, 10), total: 10 });
  assert.deepEqual(held(reader), lines(1, 10).map(({ seq }) => seq));
});

test("while paused the view keeps its lines and the total grows", async () => {
  const reader = await opened(5000);
  reader.pause();
  const { first } = reader;
  await print(reader, 4000, { said: 200 });
  assert.deepEqual([reader.first, reader.total, reader.follow], [first, 9000, false]);
});

test("reading on holds at most 2,000 lines, in order, both ways", async () => {
  const reader = await opened(10_000, { done: true });
  for (let i = 0; i < 30; i++) await reader.extend(false);
  assert.deepEqual([held(reader).length, reader.end], [2000, 6400]);
  for (let i = 0; i < 30; i++) await reader.extend(true);
  assert.deepEqual([held(reader).length, reader.first], [2000, 0]);
  consecutive(reader);
});

test("a jump to a line that is held asks for nothing", async () => {
  const reader = await opened(5000, { done: true });
  const before = log.asked;
  await reader.jump(200);
  assert.equal(log.asked, before);
  await reader.jump(4000);
  assert.ok(held(reader).includes(4000));
});

test("a failure says so, and the same wish is done later", async () => {
  const reader = await opened(5000, { done: true });
  log.down = true;
  await reader.jump(4000);
  assert.match(reader.failure, /cannot be reached/);
  log.down = false;
  reader.tryAgain();
  while (reader.wish) await new Promise(setImmediate);
  assert.equal(reader.failure, "");
  assert.ok(held(reader).includes(4000));
  reader.close();
});

test("the newest wish wins over an older answer", async () => {
  const reader = await opened(9000, { done: true });
  await Promise.all([reader.jump(3000), reader.jump(7000)]);
  assert.equal(reader.place.line, 7000);
  assert.ok(held(reader).includes(7000));
});
