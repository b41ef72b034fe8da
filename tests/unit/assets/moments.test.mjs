// What people write when they say when.
import assert from "node:assert/strict";
import test from "node:test";
import { momentOf } from "../../../assets/moments.js";

const NOW = new Date(2026, 10, 29, 18, 0, 0);
const MINUTE = 60_000;
const after = (text) => (momentOf(text, NOW) - NOW) / MINUTE;

test("nothing and now are now", () => {
  for (const text of ["", "  ", "now", "NOW"]) assert.equal(momentOf(text, NOW), null);
});

test("delays are understood in words and letters", () => {
  const table = {
    "in 10 minutes": 10, "10m": 10, "10 min": 10, "in 1 h 30 min": 90, "1,5 hours": 90, "90 seconds": 1.5,
    "in an hour": 60, "in 2 days": 2880, "1 week": 10_080, "1 hour and 5 minutes": 65, "in one minute": 1,
  };
  for (const [text, minutes] of Object.entries(table)) assert.equal(after(text), minutes, text);
});

test("a time of day is the next one", () => {
  assert.equal(after("18:30"), 30);
  assert.equal(after("17:30"), 23.5 * 60);
  assert.equal(after("at 19:00"), 60);
  assert.equal(after("tomorrow 9:00"), 15 * 60);
  assert.equal(after("today at 17:00"), -60);
});

test("a date is that date, here or in the zone that it names", () => {
  assert.deepEqual(momentOf("2026-12-24 18:05", NOW), new Date(2026, 11, 24, 18, 5));
  assert.deepEqual(momentOf("2026-12-24", NOW), new Date(2026, 11, 24));
  assert.equal(momentOf("2026-12-24T18:05:00Z", NOW).toISOString(), "2026-12-24T18:05:00.000Z");
  assert.equal(momentOf("2026-12-24 18:05+02:00", NOW).toISOString(), "2026-12-24T16:05:00.000Z");
});

test("what makes no sense is not taken for now", () => {
  for (const text of ["soon", "in ten apples", "25:00", "2026-02-31", "2026-13-01", "10", "in 10 minutes please", "18:75"])
    assert.equal(momentOf(text, NOW), undefined, text);
});
