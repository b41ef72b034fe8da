// Where a search is found in texts. An expression runs in a worker that is ended when it takes too long: some never end.
const LONGEST_MS = 400;
const MOST_SPANS = 50; // in one text

/** The parts of each text that an expression describes, `[[from, to], …]`. */
export function spansIn(expression, texts) {
  return texts.map((text) => {
    const spans = [];
    for (const { index, 0: found } of text.matchAll(expression)) {
      if (found) spans.push([index, index + found.length]);
      if (spans.length === MOST_SPANS) break;
    }
    return spans;
  });
}

export const plain = (text) => new RegExp(text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"), "gi");

class Matcher {
  asked = Promise.resolve();

  /** As `spansIn`, for `{q, regex}`; none where the browser cannot tell, or not in time. */
  async spans({ q, regex }, texts) {
    if (!regex) return spansIn(plain(q), texts);
    if (this.given === q) return [];
    // One after another: what waits behind an endless one is not ended with it.
    // What took too long once is not tried again with every line that comes.
    const answer = await (this.asked = this.asked.then(() => (this.given === q ? null : this.ask(q, texts))));
    if (answer === null) this.given = q;
    return answer ?? [];
  }

  ask(q, texts) {
    const worker = (this.worker ??= new Worker(new URL("./log_worker.js", import.meta.url), { type: "module" }));
    return new Promise((resolve) => {
      let timer;
      const { port1, port2 } = new MessageChannel();
      const end = (spans) => {
        clearTimeout(timer);
        port1.close();
        resolve(spans);
      };
      const giveUp = (spans) => {
        worker.terminate();
        this.worker = null;
        end(spans);
      };
      port1.onmessage = ({ data }) => {
        // Counted from here: how long a worker takes to come says nothing about the expression.
        if (data === "begun") timer = setTimeout(() => giveUp(null), LONGEST_MS);
        else end(data);
      };
      worker.onerror = () => giveUp([]); // it could not be loaded: the next search tries again
      worker.postMessage({ q, texts }, [port2]);
    });
  }
}

export const matcher = new Matcher();
