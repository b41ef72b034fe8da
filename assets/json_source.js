// Where the JSON viewer asks: a small document is in the page, a large one with a worker that loads it itself.
import { rooted } from "./base.js";
import { JsonDoc } from "./json_doc.js";
import { withParam } from "./server_address.js";

/** Where the document behind an address is to be had as a file. */
export const downloadOf = (path) => rooted(withParam(path, "download", 1));

/** A document of a text: its calls answer at once. */
export function localDoc(text) {
  const doc = new JsonDoc(text);
  return { about: doc.about(), call: async (name, ...args) => doc[name](...args) };
}

/** A document behind an address, until `signal` ends it. Rejects with the console's reason where it cannot be had. */
export async function remoteDoc(src, signal) {
  const worker = new Worker(new URL("./json_worker.js", import.meta.url), { type: "module" });
  signal.addEventListener("abort", () => worker.terminate());
  const waiting = new Map();
  let last = 0;
  const settle = (id, act) => {
    const asked = waiting.get(id);
    waiting.delete(id);
    if (asked) act(asked);
  };
  worker.onmessage = ({ data: { id, result, error } }) => settle(id, ([resolve, reject]) => (error === undefined ? resolve(result) : reject(new Error(error))));
  worker.onerror = (event) => [...waiting.keys()].forEach((id) => settle(id, ([, reject]) => reject(new Error(event.message || "The viewer broke"))));
  const call = (name, ...args) => new Promise((resolve, reject) => {
    waiting.set(++last, [resolve, reject]);
    worker.postMessage({ id: last, call: name, args });
  });
  try {
    return { about: await call("load", src), call };
  } catch (error) {
    worker.terminate();
    throw error;
  }
}
