import assert from "node:assert/strict";
import { test } from "node:test";
import { room, ticks, topsOf } from "../../../assets/plot_ticks.js";

test("what can only be counted is marked by whole numbers, each once", () => {
  assert.deepEqual(ticks([2, null, 1], "count"), { tickvals: [0, 1, 2, 3], ticktext: ["0", "1", "2", "3"] });
  assert.deepEqual(ticks([4_100], "count").ticktext, ["0", "2,000", "4,000", "6,000"]);
});

test("times are marked in their own words", () => {
  assert.deepEqual(ticks([612], "ms").ticktext, ["0 ms", "200 ms", "400 ms", "600 ms", "800 ms"]);
});

test("where nothing is known, or all is zero, the axis has its zero", () => {
  assert.deepEqual(ticks([null], "count"), { range: [0, 1], tickvals: [0], ticktext: ["0"] });
});

test("times have room: few of them on a narrow chart, and half a date beside the first and the last", () => {
  assert.deepEqual(room(256, 1), { nticks: 3, margin: { t: 8, r: 22, b: 40, l: 22 } });
  assert.deepEqual(room(700, 5), { nticks: 11, margin: { t: 8, r: 22, b: 40, l: 49 } });
  assert.equal(room(0, 1).nticks, 2);
});

test("bars stand on one another, lines do not", () => {
  const traces = [{ kind: "bar", values: [1, null, 2] }, { kind: "bar", values: [3, 1, null] }, { kind: "line", values: [9, null] }, { kind: "bar" }];
  assert.deepEqual(topsOf(traces), [4, 1, 2, 9, null]);
});
