// A sample that is brought to a destination now: what comes back of it, in words.
import { fetch } from "./base.js";
import { withServer } from "./server_address.js";

const SILENT = "The console does not answer. Try again in a moment.";

/** Send a test; resolves with `{told}`, or with `{errors}`: `[{field, message}]`, without a field where it is of none. */
export async function sendTest(server, wanted) {
  try {
    const answer = await fetch(withServer("/console/deliveries/test", server), {
      method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(wanted),
    });
    const said = await answer.json();
    if (answer.ok) return { told: said };
    const named = Object.entries(said.fields ?? {}).map(([field, message]) => ({ field, message }));
    return { errors: named.length ? named : [{ field: "", message: said.message ?? SILENT }] };
  } catch {
    return { errors: [{ field: "", message: SILENT }] };
  }
}

/** The outcome as a sentence. */
export function inWords({ status, response_status: code, duration_ms: ms, error, note }) {
  const took = ms == null ? "" : ` after ${ms.toLocaleString("en")} ms`;
  if (status !== "DELIVERED") return `${error ?? "Why is not known"}${code ? took : ""}.`;
  return code ? `It answered ${code}${took}.` : `${note ?? "Done."}`;
}
