import assert from "node:assert/strict";
import { test } from "node:test";
import { askWhileAway, mustSignIn } from "../../../assets/named.js";

test("who is not named any more has to sign in, and who cannot be asked for now waits", () => {
  const asked = (status, type = "basic") => mustSignIn({ status, type });
  assert.deepEqual([401, 403, 200].map((status) => asked(status)), [true, true, true]);
  assert.equal(asked(0, "opaqueredirect"), true);
  assert.deepEqual([204, 404, 500, 502, 503].map((status) => asked(status)), Array(5).fill(false));
});

test("it is asked again until somebody says so, and not once it was stopped", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const answers = [null, 502, 401];
  let asked = 0;
  let anew = 0;
  globalThis.fetch = async () => {
    const status = answers[asked++ % 3];
    if (status === null) throw new TypeError("Failed to fetch");
    return { status, type: "basic" };
  };
  const settled = () => new Promise(setImmediate);
  askWhileAway(() => anew++);
  for (const expected of [0, 0, 1, 1]) {
    await settled();
    assert.equal(anew, expected);
    t.mock.timers.tick(5000);
  }
  assert.equal(asked, 3);
  askWhileAway(() => anew++)();
  await settled();
  t.mock.timers.tick(5000);
  assert.deepEqual([asked, anew], [4, 1]);
});
