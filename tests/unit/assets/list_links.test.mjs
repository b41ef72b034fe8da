import assert from "node:assert/strict";
import { test } from "node:test";
import { onward } from "../../../assets/list_links.js";

test("a link of what was drawn for the address that is open leads where it says", () => {
  assert.equal(onward("?sort=-duration_ms", "", ""), null);
  assert.equal(onward("?status=FAILED", "page=2", "?page=2&server=prod&bulk=1f2e"), null);
});

test("a link that is pressed before another was answered undoes nothing of that", () => {
  assert.equal(onward("?sort=-duration_ms", "", "?status=FAILED"), "?status=FAILED&sort=-duration_ms");
  assert.equal(onward("?server=prod", "status=FAILED", "?status=FAILED&task=7&server=prod"), "?task=7&server=prod");
  assert.equal(onward("", "status=FAILED", "?task=7&status=FAILED"), "?task=7");
});

test("another query begins at its first page, and a panel that was open is left behind", () => {
  assert.equal(onward("?status=FAILED", "", "?page=2&bulk=1f2e"), "?status=FAILED");
  assert.equal(onward("?page=3", "page=2", "?page=2&task=7"), "?page=3&task=7");
});

test("what an address says in vain is led away from", () => {
  assert.equal(onward("", "", "?status=NONSENSE"), null);
  assert.equal(onward("?status=FAILED", "", "?status=NONSENSE"), "?status=FAILED");
});
