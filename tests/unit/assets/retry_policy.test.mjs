// The browser's preview of retries: it says what the server does.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { coming, policyText, readPolicy, secondsOf, typedPolicy, waitOf } from "../../../assets/retry_policy.js";

const TABLE = JSON.parse(readFileSync(new URL("../../data/retry_waits.json", import.meta.url)));
const NOON = new Date("2026-01-31T12:00:00Z");
const near = (a, b) => Math.abs(a - b) < 1e-6;

test("waits are those of the server", () => {
  for (const { policy, retries, least, most } of TABLE) {
    const [a, b] = waitOf(policy, retries);
    assert.ok(near(a, least) && near(b, most), JSON.stringify({ policy, retries, a, b }));
  }
});

test("the instants follow each other", () => {
  const found = coming({ backoff: "EXPONENTIAL", delaySeconds: 10, maxDelaySeconds: 300, jitter: 0.1 }, 2, NOON);
  assert.deepEqual(found.map(({ earliest, latest }) => [earliest - NOON, latest - NOON]), [[9000, 11_000], [27_000, 33_000]]);
  assert.equal(coming({ backoff: "FIXED", delaySeconds: 1, maxDelaySeconds: 1, jitter: 0 }, 100, NOON).length, 10);
});

test("times are read with their units", () => {
  const table = { 30: 30, "30 s": 30, "1,5 m": 90, "2h": 7200, "1 d": 86_400, "250 ms": 0.25, soon: undefined, "-1": undefined, "": undefined };
  for (const [text, seconds] of Object.entries(table)) assert.equal(secondsOf(text), seconds, text);
});

test("a policy is read whole, or what is wrong is said of its fields", () => {
  assert.deepEqual(readPolicy({ backoff: "FIXED", delay: "1 m", cap: "5 m", jitter: "20 %" }), {
    policy: { backoff: "FIXED", delaySeconds: 60, maxDelaySeconds: 300, jitter: 0.2 },
  });
  const { problems } = readPolicy({ backoff: "FIXED", delay: "0", cap: "8 d", jitter: "101" });
  assert.deepEqual(Object.keys(problems), ["delaySeconds", "maxDelaySeconds", "jitter"]);
});

test("a policy of the API is typed as somebody would, and written back the same", () => {
  const policy = { backoff: "FIXED", delaySeconds: 90, maxDelaySeconds: 3600, jitter: 0.15 };
  assert.deepEqual(typedPolicy(policy), { backoff: "FIXED", delay: "90 s", cap: "1 h", jitter: "15 %" });
  assert.deepEqual(JSON.parse(policyText(typedPolicy(policy))), policy);
  assert.deepEqual(typedPolicy({ ...policy, delaySeconds: 0.5, maxDelaySeconds: 172_800 }).delay, "0.5 s");
  assert.equal(typedPolicy({ ...policy, maxDelaySeconds: 172_800 }).cap, "2 d");
  assert.equal(policyText(typedPolicy(null)), "");
});

test("what makes no sense yet stays as it is typed", () => {
  const typed = { backoff: "FIXED", delay: "soon", cap: "5 m", jitter: "20 %" };
  assert.deepEqual(JSON.parse(policyText(typed)), { backoff: "FIXED", delaySeconds: "soon", maxDelaySeconds: 300, jitter: 0.2 });
  assert.deepEqual(typedPolicy(JSON.parse(policyText(typed))), typed);
});

test("of a job that was retried, the retries that are left are shown", () => {
  const found = coming({ backoff: "EXPONENTIAL", delaySeconds: 1, maxDelaySeconds: 60, jitter: 0 }, 4, NOON, 2);
  assert.deepEqual(found.map(({ number, least }) => [number, least]), [[3, 4], [4, 8]]);
});
