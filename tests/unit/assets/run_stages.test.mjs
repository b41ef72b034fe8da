import assert from "node:assert/strict";
import { test } from "node:test";
import { stages } from "../../../assets/run_stages.js";

const T = Date.parse("2026-01-01T10:00:00Z");
const time = (s) => new Date(T + s * 1000).toISOString();
const short = (fields) => stages({ now: T + 60_000, open: false, ...fields }).map(({ kind, ms, going }) => `${kind} ${ms}${going ? " going" : ""}`);

test("what ended waited and ran", () => {
  assert.deepEqual(short({ queuedAt: time(0), startedAt: time(2), completedAt: time(5), waitMs: 1990, durationMs: 2950 }), ["waited 1990", "ran 2950"]);
  assert.deepEqual(short({ queuedAt: time(0), startedAt: time(2), completedAt: time(5) }), ["waited 2000", "ran 3000"]);
});

test("what a server did beside running the script adds up to the time between the ends", () => {
  const loud = { queuedAt: time(0), startedAt: time(0), completedAt: time(25), waitMs: 3 };
  assert.deepEqual(short({ ...loud, durationMs: 22_000 }), ["waited 3", "ran 22000", "kept 3000"]);
  assert.deepEqual(short({ ...loud, durationMs: 24_200 }), ["waited 3", "ran 24200"]);
});

test("what a job waited is told by the server alone", () => {
  assert.deepEqual(short({ queuedAt: time(2), startedAt: time(2), completedAt: time(5), waitMs: 7000, durationMs: 3000 }), ["waited 7000", "ran 3000"]);
});

test("what runs goes on, and what waits too", () => {
  assert.deepEqual(short({ open: true, queuedAt: time(0), startedAt: time(2), waitMs: 2000 }), ["waited 2000", "ran 58000 going"]);
  assert.deepEqual(short({ open: true, queuedAt: time(0) }), ["waited 60000 going"]);
});

test("what is put off waits from the time that it was put off to", () => {
  assert.deepEqual(short({ open: true, queuedAt: time(0), scheduledFor: time(100) }), ["delayed 100000 going"]);
  assert.deepEqual(short({ open: true, queuedAt: time(0), scheduledFor: time(50) }), ["delayed 50000", "waited 10000 going"]);
  assert.deepEqual(short({ queuedAt: time(0), scheduledFor: time(50), startedAt: time(51), completedAt: time(52) }), ["delayed 50000", "waited 1000", "ran 1000"]);
});

test("what was cancelled before it began only waited, and of what nobody knows nothing is said", () => {
  assert.deepEqual(short({ queuedAt: time(0), completedAt: time(9) }), ["waited 9000"]);
  assert.deepEqual(short({ queuedAt: time(0) }), []);
  assert.deepEqual(short({}), []);
  assert.deepEqual(short({ queuedAt: time(0), startedAt: time(1) }), ["waited 1000"]);
});

test("clocks that disagree make nothing negative", () => {
  assert.deepEqual(short({ queuedAt: time(5), startedAt: time(2), completedAt: time(1) }), ["waited 0", "ran 0"]);
});
