// Instants as the clock of a zone shows them.
import assert from "node:assert/strict";
import test from "node:test";
import { onClockOf } from "../../../assets/schedule_clock.js";

test("the clock of a zone shows its own time, also where it was changed", () => {
  assert.equal(onClockOf("2026-11-30T08:00:00Z", "Europe/Amsterdam"), "Mon 30 Nov 2026, 09:00");
  assert.equal(onClockOf("2026-07-01T07:00:00Z", "Europe/Amsterdam"), "Wed 1 Jul 2026, 09:00");
  assert.equal(onClockOf("2026-11-30T00:00:05Z", "UTC"), "Mon 30 Nov 2026, 00:00:05");
  assert.equal(onClockOf("2027-10-02T15:30:00Z", "Australia/Lord_Howe"), "Sun 3 Oct 2027, 02:30");
});

test("a zone that is not known here is told by UTC", () => {
  assert.equal(onClockOf("2026-11-30T08:00:00Z", "Mars/Olympus"), "Mon 30 Nov 2026, 08:00 UTC");
});
