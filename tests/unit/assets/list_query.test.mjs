import assert from "node:assert/strict";
import { test } from "node:test";
import { narrowed, readAll, readCount, readDuration, readPercent, readTime, writeDuration, writeTime } from "../../../assets/list_query.js";

test("durations are read with their units, one or several", () => {
  for (const [text, value] of [["500 ms", 500], ["10s", 10_000], ["1 m 30 s", 90_000], ["1.5 H", 5_400_000], ["2d", 172_800_000], [" ", null]]) {
    assert.deepEqual(readDuration(text), { value }, text);
  }
});

test("a duration without a unit, or with a strange one, is refused", () => {
  for (const text of ["10", "10 x", "s", "-1 s", "1 s 5", "1s!", "10 seconds", "9".repeat(30) + " d"]) assert.ok(readDuration(text).error, text);
});

test("a duration is written as it can be read", () => {
  for (const ms of [0, 1, 999, 1000, 90_000, 86_400_000 + 1500]) assert.equal(readDuration(writeDuration(ms)).value, ms);
});

test("percent are whole numbers up to a hundred", () => {
  assert.deepEqual([readPercent("50 %").value, readPercent("0").value, readPercent("").value], [50, 0, null]);
  for (const text of ["101", "-1", "1.5", "x", "1e1"]) assert.ok(readPercent(text).error, text);
});

test("a count is a whole number up to the most", () => {
  assert.deepEqual([readCount(" 3 ").value, readCount("0").value, readCount("").value, readCount("1000").value], [3, 0, null, 1000]);
  for (const text of ["1001", "-1", "1.5", "x", "1e1", "9".repeat(30)]) assert.ok(readCount(text).error, text);
});

test("a time is of the viewer's zone, and today where it names no day", () => {
  const now = new Date(2026, 0, 31, 12);
  assert.equal(readTime("2026-01-31 17:05:30").value, new Date(2026, 0, 31, 17, 5, 30).toISOString().replace(".000", ""));
  assert.equal(readTime("2026-1-3T17:05").value, new Date(2026, 0, 3, 17, 5).toISOString().replace(".000", ""));
  assert.equal(readTime("7:05", false, now).value, new Date(2026, 0, 31, 7, 5).toISOString().replace(".000", ""));
  assert.equal(readTime("2026-01-31", true).value, new Date(2026, 0, 31, 23, 59, 59).toISOString().replace(".000", ""));
  assert.equal(readTime("").value, null);
});

test("a time with a zone is of that zone", () => {
  for (const text of ["2026-01-31T12:00:00Z", "2026-01-31 12:00z", "2026-01-31 13:00 +01:00", "2026-01-31T10:00:00.000-0200"]) {
    assert.equal(readTime(text).value, "2026-01-31T12:00:00Z", text);
  }
});

test("what is no time is refused", () => {
  for (const text of ["yesterday", "17", "2026-02-30", "2026-01-31 25:00", "2026-13-01", "17:05 2026-01-31", "17:05 x", "0001-01-01", "2026-01-31 1:2:3", "2026-01-31T99:00Z"]) {
    assert.ok(readTime(text).error, text);
  }
});

test("a time is written as it can be read", () => {
  for (const iso of ["2026-01-31T12:00:00Z", "2026-07-01T23:59:59Z"]) assert.equal(readTime(writeTime(iso)).value, iso);
  assert.equal(writeTime("nonsense"), "");
});

test("a changed filter leaves the rest of the address and goes to page one", () => {
  assert.equal(narrowed("?task=3&page=4&server=a", { range: "1h", since: null }), "?task=3&server=a&range=1h");
  assert.equal(narrowed("?range=1h&page=2", { range: null }), "");
});

test("fields that make no sense together are told at the second", () => {
  const words = "The end is before the beginning.";
  const wrong = readAll({ a: { value: 2 }, b: { value: 1 }, c: { error: "No" } }, [["a", "b", words]]);
  assert.deepEqual(wrong, { errors: { b: words, c: "No" } });
  assert.deepEqual(readAll({ a: { value: 1 }, b: { value: null } }, [["a", "b", words]]), { values: { a: 1, b: null } });
});
