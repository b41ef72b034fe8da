// What clocks of other zones show, and which moment is meant by what they show.
import assert from "node:assert/strict";
import test from "node:test";
import { momentOf } from "../../../assets/moments.js";
import { atWall, inZone, isTwice, isZone, wallOf, written } from "../../../assets/zones.js";

const iso = (date) => date?.toISOString();
const NOW = new Date("2026-11-29T18:00:00Z");

test("a wall clock is read in its zone", () => {
  assert.deepEqual(wallOf(NOW, "Asia/Kolkata"), [2026, 11, 29, 23, 30, 0]);
  assert.equal(iso(atWall([2026, 12, 1, 9, 0, 0], "Europe/Berlin")), "2026-12-01T08:00:00.000Z");
  assert.equal(iso(atWall([2026, 7, 1, 9, 0, 0], "Europe/Berlin")), "2026-07-01T07:00:00.000Z");
  assert.equal(iso(atWall([2026, 12, 31, 23, 59, 59], "Pacific/Kiritimati")), "2026-12-31T09:59:59.000Z");
});

test("a time that the clock leaves out is none, one that it shows twice is the first", () => {
  assert.equal(atWall([2026, 3, 29, 2, 30, 0], "Europe/Berlin"), undefined);
  const twice = atWall([2026, 10, 25, 2, 30, 0], "Europe/Berlin");
  assert.equal(iso(twice), "2026-10-25T00:30:00.000Z");
  assert.ok(isTwice(twice, "Europe/Berlin"));
  assert.ok(!isTwice(new Date(twice.getTime() + 3_600_000), "Europe/Berlin"));
  assert.ok(isTwice(new Date("2026-04-04T14:45:00Z"), "Australia/Lord_Howe"));
  assert.ok(!isTwice(NOW, "Europe/Berlin"));
});

test("what people write means the clock of the zone that they name", () => {
  assert.equal(iso(momentOf("tomorrow 09:00", NOW, "America/New_York")), "2026-11-30T14:00:00.000Z");
  assert.equal(iso(momentOf("23:45", NOW, "Asia/Kolkata")), "2026-11-29T18:15:00.000Z");
  assert.equal(iso(momentOf("23:00", NOW, "Asia/Kolkata")), "2026-11-30T17:30:00.000Z");
  assert.equal(iso(momentOf("2026-12-24 18:00", NOW, "Asia/Tokyo")), "2026-12-24T09:00:00.000Z");
  assert.equal(iso(momentOf("in 10 minutes", NOW, "Asia/Tokyo")), "2026-11-29T18:10:00.000Z");
  assert.equal(iso(momentOf("2026-12-24T18:00:00Z", NOW, "Asia/Tokyo")), "2026-12-24T18:00:00.000Z");
  assert.equal(momentOf("2027-03-28 02:30", NOW, "Europe/Berlin"), undefined);
});

test("what is written can be read again", () => {
  const at = new Date("2026-12-01T08:00:05Z");
  assert.equal(written(at, "Europe/Berlin"), "2026-12-01 09:00:05");
  assert.equal(iso(momentOf(written(at, "Asia/Kolkata"), NOW, "Asia/Kolkata")), iso(at));
  assert.equal(inZone(new Date("2026-12-01T08:00:00Z"), "Asia/Tokyo"), "Tue, Dec 1, 2026, 17:00");
});

test("zones are known by their names", () => {
  for (const name of ["UTC", "Europe/Berlin", "asia/kolkata"]) assert.ok(isZone(name), name);
  for (const name of ["", " ", "Mars/Base", "Berlin"]) assert.ok(!isZone(name), name);
});
