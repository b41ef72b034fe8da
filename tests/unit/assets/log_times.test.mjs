import assert from "node:assert/strict";
import { test } from "node:test";
import { ago, offset, placeOf, shown } from "../../../assets/log_times.js";

const origin = new Date(2026, 10, 29, 23, 50, 0).getTime();
const at = (...time) => new Date(2026, 10, ...time).getTime();

test("times since the start grow their units", () => {
  assert.deepEqual([0, 1204, 59_999, 64_320, 3_600_000].map(offset), ["+0.000 s", "+1.204 s", "+59.999 s", "+1 m 04.3 s", "+60 m 00.0 s"]);
});

test("ages have one unit", () => {
  assert.deepEqual([-5, 59_000, 60_000, 7_200_000, 200_000_000].map(ago), ["0 s ago", "59 s ago", "1 m ago", "2 h ago", "2 d ago"]);
});

test("each way shows its own", () => {
  assert.equal(shown("since", origin + 5, origin), "+0.005 s");
  assert.equal(shown("clock", origin + 5, origin), "23:50:00.005");
  assert.equal(shown("ago", origin, origin, origin + 3000), "3 s ago");
  assert.equal(shown("off", origin, origin), "");
  assert.equal(shown("since", NaN, origin), "");
});

test("what is typed becomes a line or a time", () => {
  const places = {
    "1200": { line: 1200 },
    " 1,234,567 ": { line: 1234567 },
    "+90": { ms: origin + 90_000 },
    "+1.5 s": { ms: origin + 1500 },
    "+1 m 30 s": { ms: origin + 90_000 },
    "+2h": { ms: origin + 7_200_000 },
    "23:55": { ms: at(29, 23, 55) },
    "23:50:01.5": { ms: at(29, 23, 50, 1, 500) },
    "0:10": { ms: at(30, 0, 10) },
    "2026-11-29 23:59:00": { ms: at(29, 23, 59) },
    "2026-11-29T23:59:00Z": { ms: Date.UTC(2026, 10, 29, 23, 59) },
  };
  for (const [typed, place] of Object.entries(places)) assert.deepEqual(placeOf(typed, origin), place, typed);
});

test("anything else is no place", () => {
  for (const typed of ["", "abc", "+", "12:", "12:4", "-5"]) assert.equal(placeOf(typed, origin), null, typed);
  assert.equal(placeOf("12:04", null), null);
});
