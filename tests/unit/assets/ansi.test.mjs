import assert from "node:assert/strict";
import { test } from "node:test";
import { pieces } from "../../../assets/ansi.js";

const text = (line) => pieces(line).map((piece) => piece.text).join("");

test("a plain line is one piece, whatever it looks like", () => {
  assert.deepEqual(pieces("<img src=x onerror=alert(1)>"), [{ text: "<img src=x onerror=alert(1)>" }]);
});

test("colours and attributes become classes, and end where they are reset", () => {
  assert.deepEqual(pieces("a \x1b[1;31mb\x1b[39m c\x1b[0m d"), [
    { text: "a " },
    { text: "b", className: "ansi-bold ansi-fg1" },
    { text: " c", className: "ansi-bold" },
    { text: " d" },
  ]);
});

test("colours out of the palette of 256 and of RGB become styles", () => {
  const [first, second] = pieces("\x1b[38;5;205mx\x1b[48;2;1;2;300my");
  assert.match(first.style.color, /rgb\(255,95,175\)/);
  assert.match(second.style.backgroundColor, /rgb\(1,2,44\)/);
});

test("what is no colour is dropped and the text after it stays", () => {
  assert.equal(text("a\x1b]8;;javascript:alert(1)\x07b\x1b]8;;\x07c"), "abc");
  assert.equal(text("a\x1b[2Jb\x1b[38;5mc\x00d\x1b"), "abcd");
});

test("a line that goes back to its start shows what was written last", () => {
  assert.equal(text("10 %\r 50 %\r100 %"), "100 %");
  assert.equal(text("done\r"), "done");
  assert.equal(text("one\rtwo\nthree"), "two\nthree");
});

test("a line of nothing but codes is drawn in bounded pieces, with all of its text", () => {
  const line = "\x1b[31ma\x1b[32mb".repeat(5000);
  assert.ok(pieces(line).length <= 201);
  assert.equal(text(line), "ab".repeat(5000));
});

test("what turns the direction of writing, and old control codes, do not reach the page", () => {
  assert.equal(text("user\u202egnp.exe\u202c \x9b5m\x85\u2066x\u2069"), "usergnp.exe 5mx");
});
