import assert from "node:assert/strict";
import { test } from "node:test";

process.env.TZ = "Europe/Amsterdam";
const { SPANS, beginOf, bucketOf, covers, daysOf, lengthOf, marks, monthAway, panned, readView, wantedFor, wantedForDays, writeView, zoomed } = await import("../../../assets/timeline_time.js");
const at = (text) => Date.parse(text) / 1000;
const DAY = 86_400;

test("an address says what is in view, and nonsense in it nothing", () => {
  assert.deepEqual(readView("?span=6h&from=2026-11-29T12:00:00Z"), { view: "timeline", span: 21_600, from: at("2026-11-29T12:00:00Z") });
  for (const search of ["", "?span=1y&from=soon&view=year", "?span=d"]) assert.deepEqual(readView(search), { view: "timeline", span: DAY, from: null });
  assert.equal(readView("?span=1s").span, 60);
  assert.equal(readView("?span=900d").span, 40 * DAY);
  assert.equal(readView("?from=9999-01-01T00:00:00Z").from, null);
});

test("what an address says is written back, beside what else it says", () => {
  const search = "?server=prod&view=month&from=2026-11-29T12:00:00Z&span=5400s";
  assert.equal(writeView(search, readView(search)), search);
  assert.equal(writeView("?server=prod&from=2026-11-29T12:00:00Z", { view: "timeline", from: null, span: DAY }), "?server=prod");
  assert.equal(writeView("", { view: "timeline", from: 0.4, span: SPANS["7d"] }), "?from=1970-01-01T00:00:00Z&span=7d");
});

test("zooming keeps what is pointed at in its place, within limits", () => {
  assert.deepEqual(zoomed({ from: 1e6, span: 1000 }, 2, 1e6 + 250), { from: 1e6 - 250, span: 2000 });
  assert.equal(zoomed({ from: 1e6, span: 100 }, 0.01, 1e6).span, 60);
  assert.deepEqual(panned({ from: 100, span: 60 }, -500), { from: 0, span: 60 });
  assert.equal(beginOf({ from: null, span: 100 }, 1000), 950);
});

test("of every range there are at most 500 buckets to ask for, and a small move finds what it needs", () => {
  for (const span of [60, 61, ...Object.values(SPANS), 40 * DAY, 12_345]) {
    const view = { from: at("2026-11-29T12:34:56Z"), span };
    const wanted = wantedFor(view);
    assert.ok((wanted.to - wanted.from) / wanted.bucket <= 500);
    assert.equal(wanted.bucket, bucketOf(span));
    assert.ok(covers(wanted, view));
    assert.ok(covers(wanted, panned(view, span / 4)));
    assert.ok(!covers(wanted, panned(view, span)));
    assert.ok(!covers(wanted, { ...view, span: span * 5 }));
  }
  assert.ok(!covers(null, { from: 0, span: 60 }));
  assert.ok(covers(wantedFor({ from: 0, span: 60 }), { from: 0, span: 60 }));
});

test("marks stand at whole times by the viewer's clock, also where it is turned", () => {
  const week = marks({ from: at("2027-03-25T12:00:00Z"), span: 7 * DAY }, 700);
  assert.equal(week.length, 7);
  for (const { at: mark, strong } of week) assert.ok(strong && new Date(mark * 1000).getHours() === 0);
  const month = marks({ from: at("2026-11-01T00:00:00Z"), span: 30 * DAY }, 700);
  assert.deepEqual(month.map(({ text }) => text), ["Mon, Nov 2", "Mon, Nov 9", "Mon, Nov 16", "Mon, Nov 23", "Mon, Nov 30"]);
  const hours = marks({ from: at("2026-10-24T20:00:00Z"), span: DAY / 2 }, 600);
  assert.deepEqual(hours.map(({ text }) => text), ["22:00", "Sun, Oct 25", "02:00", "04:00", "06:00", "08:00"]);
});

test("days are from midnight to midnight, and asked for by their length", () => {
  const march = daysOf(at("2027-03-15T12:00:00Z"));
  assert.equal(march.length, 31);
  assert.equal(march[27].to - march[27].from, 23 * 3600);
  const wanted = wantedForDays(march);
  assert.deepEqual(wanted.map(({ from, to, bucket }) => [(to - from) / bucket, bucket / 3600]), [[27, 24], [1, 23], [3, 24]]);
  assert.equal(wantedForDays(daysOf(at("2026-11-29T12:00:00Z"))).length, 1);
  assert.equal(monthAway(march[0].from, -3), at("2026-11-30T23:00:00Z"));
});

test("a bucket has a length in words", () => {
  assert.deepEqual([15, 600, 3600, DAY].map(lengthOf), ["15 s", "10 m", "1 h", "1 d"]);
});
