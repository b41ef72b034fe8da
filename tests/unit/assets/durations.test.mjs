import assert from "node:assert/strict";
import { test } from "node:test";
import { inWords } from "../../../assets/durations.js";

const H = 3_600_000;

test("durations are told in the two largest units that say something", () => {
  const told = [412, 1_840, 92_000, 19 * 60_000 + 5 * H, 76 * H, 90 * 24 * H].map(inWords);
  assert.deepEqual(told, ["412 ms", "1.8 s", "1 m 32 s", "5 h 19 m", "3 d 4 h", "90 d"]);
});
