// Reads an export: frames, one on each line, each with a piece of the file. Only one that says that it is
// the last makes the file whole.
import { valuesOf } from "./json_lines.js";

/**
 * The file of an export, as the pieces of a Blob; `told(rows)` hears how far it is. Throws an `Error` with
 * what went wrong, or what `fetch` throws where it was aborted.
 */
export async function readExport(answer, told) {
  if (!answer.ok) throw new Error(await why(answer));
  const pieces = [];
  for await (const { text = "", rows, done, error } of valuesOf(answer.body.getReader())) {
    if (error) throw new Error(error.request_id ? `${error.message} (request ${error.request_id})` : error.message);
    pieces.push(text);
    told(rows);
    if (done) return pieces;
  }
  throw new Error("The connection ended before the end.");
}

async function why(answer) {
  try {
    return (await answer.json()).message;
  } catch {
    return `The console answered ${answer.status}.`;
  }
}
