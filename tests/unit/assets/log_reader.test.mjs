import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { LEVELS, LogReader } from "../../../assets/log_reader.js";

const levelOf = (seq) => (seq % 100 === 0 ? "error" : seq % 10 === 0 ? "warn" : "info");
const line = (seq) => ({ seq, time: new Date(1_760_000_000_000 + seq).toISOString(), level: levelOf(seq), source: "task", text: `line ${seq}` });
const lines = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => line(from + i));
const log = { total: 0, done: false, down: false, asked: 0 };

globalThis.fetch = async (url) => {
  log.asked++;
  if (log.down) throw new TypeError("no network");
  const asked = new URL(url, "http://console").searchParams;
  const [from, n] = [Number(asked.get("from")), Number(asked.get("n"))];
  assert.ok(n <= 1000);
  if (asked.has("level") || asked.has("since")) return Response.json(filtered(asked, n));
  const first = from < 0 ? Math.max(0, log.total + from) : Math.min(from, log.total);
  return Response.json({ first, total: log.total, done: log.done, low: first, high: Math.min(log.total, first + n), lines: lines(first + 1, Math.min(log.total, first + n)) });
};

/** As live/ranges.py answers for a level, or a time. */
function filtered(asked, n) {
  const least = LEVELS.indexOf(asked.get("level") ?? "debug");
  const since = Date.parse(asked.get("since") ?? "1970-01-01");
  const all = lines(1, log.total).filter(({ level, time }) => LEVELS.indexOf(level) >= least && Date.parse(time) >= since);
  const later = (after, most) => all.filter(({ seq }) => seq > after).slice(0, most);
  const earlier = (before, most) => (most ? all.filter(({ seq }) => seq < before).slice(-most) : []);
  const answer = (low, high, found) => ({ low, high, lines: found, total: log.total, done: log.done });
  const end = (found, most) => (found.length < most ? log.total : found.at(-1).seq);
  if (asked.has("after") || asked.has("since")) {
    const found = later(Number(asked.get("after")), n);
    return answer(Number(asked.get("after")), end(found, n), found);
  }
  const around = Number(asked.get("around") ?? 0);
  const before = around || Number(asked.get("before") ?? log.total + 1);
  const above = earlier(before, around ? n / 2 : n);
  const low = above.length < (around ? n / 2 : n) ? 0 : above[0].seq - 1;
  if (!around) return answer(low, before - 1, above);
  const below = later(around - 1, n / 2);
  return answer(low, end(below, n / 2), [...above, ...below]);
}

beforeEach(() => Object.assign(log, { total: 0, done: false, down: false, asked: 0 }));

async function opened(total, { done = false, at, level } = {}) {
  Object.assign(log, { total, done });
  const reader = new LogReader("/logs", { changed() {}, prepending() {}, level });
  await reader.open(at);
  return reader;
}

async function print(reader, n, { said = n, ...more } = {}) {
  log.total += n;
  reader.receive({ lines: lines(log.total - said + 1, log.total), total: log.total, ...more });
  while (reader.catching !== -1) await new Promise(setImmediate);
}

const held = (reader) => reader.blocks.flatMap((block) => block.lines).map(({ seq }) => seq);
const consecutive = (reader) => assert.deepEqual(held(reader), lines(reader.low + 1, reader.high).map(({ seq }) => seq));

test("a log that grows opens at its end and follows", async () => {
  const reader = await opened(5000);
  assert.deepEqual([reader.high, reader.follow], [5000, true]);
});

test("a finished log opens at its start, and times count from line 1", async () => {
  const reader = await opened(5000, { done: true });
  assert.deepEqual([reader.low, reader.follow, reader.origin], [0, false, Date.parse(line(1).time)]);
});

test("times count from line 1 although only the end was read", async () => {
  assert.equal((await opened(5000)).origin, Date.parse(line(1).time));
});

test("a link opens its line, one beyond the end opens the end", async () => {
  assert.deepEqual((await opened(5000, { at: 2500 })).place, { line: 2500, at: "center" });
  const beyond = await opened(50, { at: 9999 });
  assert.deepEqual([beyond.place.line, beyond.high], [50, 50]);
});

test("lines that arrive need no request", async () => {
  const reader = await opened(0);
  const before = log.asked;
  await print(reader, 3);
  await print(reader, 150);
  assert.deepEqual([reader.high, log.asked], [153, before]);
  consecutive(reader);
});

test("lines that were missed are fetched", async () => {
  const reader = await opened(10);
  await print(reader, 60, { said: 3 });
  assert.equal(reader.high, 70);
  consecutive(reader);
});

test("after a large gap only the newest lines are kept", async () => {
  const reader = await opened(10);
  await print(reader, 50_000, { said: 2 });
  assert.equal(reader.high, 50_010);
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
  const { low: first } = reader;
  await print(reader, 4000, { said: 200 });
  assert.deepEqual([reader.low, reader.total, reader.follow], [first, 9000, false]);
});

test("reading on holds at most 2,000 lines, in order, both ways", async () => {
  const reader = await opened(10_000, { done: true });
  for (let i = 0; i < 30; i++) await reader.extend(false);
  assert.deepEqual([reader.high, held(reader).length], [6240, 1940]);
  for (let i = 0; i < 30; i++) await reader.extend(true);
  assert.deepEqual([reader.low, held(reader).length], [0, 2000]);
  consecutive(reader);
});

test("a jump to a line that is held asks for nothing", async () => {
  const reader = await opened(5000, { done: true });
  const before = log.asked;
  await reader.jump(150);
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

const every = (step, from, to) => Array.from({ length: Math.floor(to / step) - Math.ceil(from / step) + 1 }, (_, i) => (Math.ceil(from / step) + i) * step);

test("a level leaves out the lines below it, which keep their numbers", async () => {
  const reader = await opened(5000, { done: true });
  await reader.filter("warn", 2001);
  assert.equal(reader.place.line, 2010);
  assert.deepEqual(held(reader), every(10, reader.low + 1, reader.high));
  await reader.filter("", 2010);
  assert.deepEqual([reader.place.line, held(reader).includes(2011)], [2010, true]);
});

test("reading on among the lines of a level reaches both ends and holds each line once", async () => {
  const reader = await opened(50_000, { done: true, level: "warn" });
  for (let i = 0; i < 40; i++) await reader.extend(false);
  assert.deepEqual([reader.high, held(reader).length], [50_000, 2000]);
  assert.deepEqual(held(reader), every(10, 30_001, 50_000));
  for (let i = 0; i < 40; i++) await reader.extend(true);
  assert.deepEqual([reader.low, held(reader)], [0, every(10, 1, 20_000)]);
});

test("a jump among the lines of a level goes to the next one that is there, the last at the end", async () => {
  const reader = await opened(50_050, { done: true, level: "error" });
  await reader.jump(30_001);
  assert.equal(reader.place.line, 30_100);
  await reader.jump(50_050);
  assert.equal(reader.place.line, 50_000);
});

test("lines of a level are followed, whatever comes between", async () => {
  const reader = await opened(1000, { level: "error" });
  await print(reader, 250);
  await print(reader, 4000, { said: 30 });
  assert.deepEqual([reader.high, held(reader)], [5250, every(100, 1, 5250)]);
});

test("a level that no line has shows nothing, and follows all the same", async () => {
  const reader = await opened(9, { level: "error" });
  assert.deepEqual([held(reader), reader.high], [[], 9]);
  await print(reader, 91);
  assert.deepEqual(held(reader), [100]);
});

test("the next error is found from any line, and round the ends", async () => {
  const reader = await opened(1000, { done: true });
  const found = await Promise.all([[99], [100], [1000], [100, true], [101, true], [1, true]].map((asked) => reader.error(...asked)));
  assert.deepEqual(found, [100, 200, 100, 1000, 100, 1000]);
  assert.equal(await (await opened(50, { done: true })).error(0, false), 0);
});

test("a time leads to the first line from it on", async () => {
  const reader = await opened(1000, { done: true });
  assert.equal(await reader.lineAt(reader.origin + 499), 500);
  assert.equal(await reader.lineAt(reader.origin + 5000), 0);
});

test("lines that came since following ended are counted", async () => {
  const reader = await opened(10);
  assert.equal(reader.fresh, 0);
  reader.pause();
  await print(reader, 7);
  assert.equal(reader.fresh, 7);
  await reader.tail();
  assert.equal(reader.fresh, 0);
});

test("what was seen since following ended, or passed, is no longer new", async () => {
  const reader = await opened(10);
  reader.pause();
  await print(reader, 90);
  assert.deepEqual([reader.see(5), reader.fresh], [false, 90]);
  assert.deepEqual([reader.see(40), reader.fresh], [true, 60]);
  assert.deepEqual([reader.see(30), reader.fresh], [false, 60]);
  await reader.jump(70);
  assert.equal(reader.fresh, 30);
  assert.deepEqual([reader.see(100), reader.fresh], [true, 0]);
});

test("a log that was left is opened where it was", async () => {
  const reader = await opened(5000, { done: true });
  reader.at = 3210;
  const again = new LogReader("/logs", { changed() {}, prepending() {} });
  await again.open(0, reader.left());
  assert.deepEqual(again.place, { line: 3210, at: "start" });
});

test("a log that was followed is followed on, and shows its end if it came meanwhile", async () => {
  const reader = await opened(5000);
  const [left, again, ended] = [reader.left(), ...[0, 0].map(() => new LogReader("/logs", { changed() {}, prepending() {} }))];
  log.total = 9000;
  await again.open(0, left);
  assert.deepEqual([again.follow, again.high], [true, 9000]);
  log.done = true;
  await ended.open(0, left);
  assert.deepEqual([ended.follow, ended.place.line], [false, 9000]);
});
