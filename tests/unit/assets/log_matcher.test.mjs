// What a search by expression costs: one that never ends is ended, once.
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { matcher } from "../../../assets/log_matcher.js";

test("what waits behind an endless expression is answered, and the endless one is not tried again", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const asked = [];
  globalThis.Worker = class {
    postMessage({ q }, [port]) {
      asked.push(q);
      port.postMessage("begun");
      if (q !== "endless") port.postMessage([[[0, 1]]]);
    }
    terminate() {}
  };
  const answers = ["endless", "endless", "quick"].map((q) => matcher.spans({ q, regex: true }, ["line"]));
  const all = Promise.all(answers);
  let over = false;
  all.then(() => (over = true));
  while (!over) {
    await new Promise((wake) => setImmediate(wake));
    mock.timers.tick(100);
  }
  mock.timers.reset();
  assert.deepEqual(await all, [[], [], [[[0, 1]]]]);
  assert.deepEqual(asked, ["endless", "quick"]);
  assert.deepEqual(await matcher.spans({ q: "endless", regex: true }, ["another"]), []);
  assert.equal(asked.length, 2);
});
