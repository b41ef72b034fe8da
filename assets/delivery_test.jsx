// The button that sends a test to a destination that is being written, and what came of it.
import { useEffect, useRef, useState } from "react";
import { inWords, sendTest } from "./delivery_test.js";
import { useMay } from "./live.js";
import { useServer } from "./server.jsx";

/**
 * `wanted()` is what to send; `seen` what is typed: once that changes, what came of an earlier one goes. `off` says why
 * there are no tests. `onErrors(errors)` hears what is wrong with which field.
 */
export function DeliveryTest({ number, off, wanted, seen, onErrors, onRemove }) {
  const [state, setState] = useState(null);
  const server = useServer();
  const may = useMay("test_delivery");
  const now = useRef(seen);
  now.current = seen;
  useEffect(() => setState((before) => (before?.busy ? before : null)), [seen]);
  const send = async () => {
    if (state?.busy) return;
    const asked = seen;
    setState({ busy: true });
    onErrors([]);
    const { told, errors = [] } = await sendTest(server, wanted());
    // What was typed meanwhile was not tested.
    if (now.current !== asked) return setState(null);
    const [whole] = errors.filter(({ field }) => !field);
    onErrors(errors.filter(({ field }) => field));
    return setState({ told, failed: whole?.message ?? (errors.length ? "Nothing was sent: mend what is marked above." : "") });
  };
  const bad = state?.failed || (state?.told && state.told.status !== "DELIVERED");
  return (
    <>
      <div className="row destination-acts">
        {!off && may && (
          <button type="button" className="button" aria-label={`Send a test to destination ${number}`} aria-disabled={state?.busy || undefined} onClick={send}>
            {state?.busy ? "Sending…" : "Send a test"}
          </button>
        )}
        <button type="button" className="plain link" aria-label={`Remove destination ${number}`} onClick={onRemove}>Remove</button>
      </div>
      {off && <p className="dim hint" role="note">{off}</p>}
      <div className="delivery-test" role="status" data-bad={bad ? "" : undefined}>
        {state?.failed && <p>{state.failed}</p>}
        {state?.told && <Outcome told={state.told} />}
      </div>
    </>
  );
}

function Outcome({ told }) {
  const { answer, note, response_status: code } = told;
  return (
    <>
      <p><b>{told.status !== "DELIVERED" ? "The test did not arrive." : code ? "The test arrived." : "It works."}</b> {inWords(told)}</p>
      {code && note && <p className="dim hint">{note}</p>}
      {code && answer != null && (answer ? <pre className="mono" tabIndex={0} aria-label="How the answer begins">{answer}</pre> : <p className="dim hint">Its answer is empty.</p>)}
    </>
  );
}
