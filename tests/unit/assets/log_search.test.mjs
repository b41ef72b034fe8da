import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { plain, spansIn } from "../../../assets/log_matcher.js";
import { LogSearch } from "../../../assets/log_search.js";

const log = { hits: [], total: 0, step: Infinity, asked: [], refuse: 0 };
const turn = () => new Promise(setImmediate);

globalThis.fetch = async (url, { signal }) => {
  const asked = new URL(url, "http://console").searchParams;
  log.asked.push(Object.fromEntries(asked));
  await turn();
  if (signal.aborted) throw new Error("aborted");
  if (log.refuse) return Response.json({ message: "is no regular expression" }, { status: log.refuse });
  const after = Number(asked.get("after"));
  const next = Math.min(log.total, after + log.step);
  const runs = log.hits.filter((hit) => hit > after && hit <= next).map((hit) => [hit, 1]);
  return Response.json({ runs, next, total: log.total, complete: next >= log.total });
};

beforeEach(() => Object.assign(log, { hits: [5, 40, 95], total: 100, step: Infinity, asked: [], refuse: 0 }));

async function searched(q = "x", ...more) {
  const search = new LogSearch("/logs?server=a", () => {});
  search.start(q, ...more);
  while (search.busy) await turn();
  return search;
}

test("all lines are looked through, part by part", async () => {
  log.step = 30;
  const search = await searched("a b", true, "warn");
  assert.deepEqual([search.hits, search.known], [[5, 40, 95], 100]);
  assert.deepEqual(log.asked[0], { server: "a", q: "a b", regex: "1", level: "warn", after: "0" });
  assert.deepEqual(log.asked.map(({ after }) => after), ["0", "30", "60", "90"]);
});

test("next and previous go round the ends, and say which one it is", async () => {
  const search = await searched();
  const steps = [];
  for (const back of [false, false, false, false, true, true]) {
    await search.step(search.at || 6, back);
    steps.push([search.at, search.position]);
  }
  assert.deepEqual(steps, [[40, 2], [95, 3], [5, 1], [40, 2], [5, 1], [95, 3]]);
});

test("a step waits until what lies in its direction is known", async () => {
  log.step = 10;
  const search = new LogSearch("/logs", () => {});
  search.start("x");
  assert.equal(await search.step(50, false), 95);
  search.start("x");
  assert.equal(await search.step(50, true), 40);
  search.start("x");
  assert.equal(await search.step(3, true), 95);
});

test("another search leaves the answers to the one before behind", async () => {
  const search = new LogSearch("/logs", () => {});
  search.start("x");
  const step = search.step(0, false);
  log.hits = [7];
  search.start("y");
  assert.equal(await step, 0);
  while (search.busy) await turn();
  assert.deepEqual(search.hits, [7]);
});

test("lines that come are looked at as well", async () => {
  const search = await searched();
  Object.assign(log, { hits: [...log.hits, 150], total: 200 });
  search.grow(200);
  while (search.busy) await turn();
  assert.deepEqual([search.hits.at(-1), log.asked.at(-1).after], [150, "100"]);
});

test("a refusal is told and not asked again", async () => {
  log.refuse = 400;
  const search = await searched("(", true);
  assert.equal(search.failure, "is no regular expression");
  search.grow(300);
  assert.equal(log.asked.length, 1);
  assert.equal(await search.step(0, false), 0);
});

test("no text ends the search", async () => {
  const search = await searched();
  search.start("");
  assert.deepEqual([search.query, search.hits, search.position], [null, [], 0]);
});

test("what is found in a text is marked, signs of expressions as they are", () => {
  assert.deepEqual(spansIn(plain("a.b"), ["A.B axb a.b"]), [[[0, 3], [8, 11]]]);
  assert.deepEqual(spansIn(/x*/g, ["axx"]), [[[1, 3]]]);
});
