// A draft that runs without being saved: what it tells, as it tells it.
import { fetch } from "./base.js";
import { valuesOf } from "./json_lines.js";
import { withServer } from "./server_address.js";

/**
 * Run a draft; `onNews` hears each piece of news (`{lines, progress, note, end, error}`). Resolves with the
 * reason where it could not begin, `{message, fields}`; with null where it ended, or was stopped by `signal`.
 */
export async function runTrial(server, draft, signal, onNews) {
  let answer;
  try {
    answer = await fetch(withServer("/console/tasks/try", server), {
      method: "POST", signal, headers: { "content-type": "application/json" }, body: JSON.stringify(draft),
    });
    if (!answer.ok) return await refusal(answer);
    for await (const news of valuesOf(answer.body.getReader())) onNews(news);
    return null;
  } catch (error) {
    if (signal.aborted) return null;
    if (answer?.ok) onNews({ error: { message: "The connection to the console broke off: how it ended is not known." } });
    return answer?.ok ? null : { message: "The console does not answer. Try again in a moment.", fields: {} };
  }
}

async function refusal(answer) {
  try {
    const { message, fields = {} } = await answer.json();
    return { message, fields };
  } catch {
    return { message: `The console refused this (${answer.status}).`, fields: {} };
  }
}

/** What is known of a trial after a piece of news; of very many lines the newest are kept. */
export function heard(before, { lines = [], progress, note, end, error }, most = 1000) {
  const all = lines.length ? [...before.lines, ...lines] : before.lines;
  return {
    ...before,
    lines: all.length > most ? all.slice(-most) : all,
    dropped: before.dropped + Math.max(0, all.length - most),
    ...(progress === undefined ? {} : { progress, note }),
    ...(end ? { end } : {}),
    ...(error ? { error } : {}),
  };
}

export const NOTHING_HEARD = { lines: [], dropped: 0 };

/** The place in the source that an end names, as a problem of the editor; null where it names none. */
export function placeOf(end) {
  const { line, column } = end?.error_details ?? {};
  return line ? { line, column: column ?? undefined, message: `When it ran: ${end.error_message}` } : null;
}
