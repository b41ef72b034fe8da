// Pausing the queue or a task: the button, the dialog that asks why, and where the focus goes afterwards.
import { useEffect, useRef } from "react";
import { Button, Modal } from "antd";
import { useParam, useSetParam } from "./address.jsx";
import { forget, useDocument } from "./draft.js";
import "./fields.css";
import "./pauses.css";

const REASON_CHARS = 500;

/**
 * The address opens the dialog (`?pause=queue`, `?pause=task`). While it is paused there is no button: what says
 * so (`data-paused` of the same kind) has one to resume. `why` says why it cannot be pressed, if it cannot.
 */
export function PauseControl({ task, name, paused, draftKey, error, busy, why, onPause }) {
  const kind = task ? "task" : "queue";
  const wanted = useParam("pause") === kind;
  const open = useSetParam("pause");
  const button = useRef(null);
  const was = useRef(paused);

  useEffect(() => {
    if (paused && wanted) open(null);
    // The reason was for this pause, not for the next one.
    if (paused && !was.current) forget(draftKey);
    // The button that resumed it went with the notice around it.
    if (was.current && !paused && document.activeElement === document.body) button.current?.focus();
    was.current = paused;
  }, [paused, wanted]);
  const land = () => !button.current && document.querySelector(`[data-paused="${kind}"] button`)?.focus();

  return (
    <>
      {!paused && (
        <Button ref={button} disabled={Boolean(why)} title={why || undefined} onClick={() => open(kind)}>
          {task ? "Pause…" : "Pause queue…"}
        </Button>
      )}
      <Modal
        open={wanted && !paused} title={task ? `Pause task ${name}?` : "Pause the queue?"} footer={null} destroyOnHidden
        width="min(480px, calc(100vw - 32px))" onCancel={() => open(null)} afterClose={land}
        afterOpenChange={(shown) => shown && document.getElementById("pause-reason")?.focus()}
      >
        <Question {...{ task, draftKey, error, busy, onPause }} cancel={() => open(null)} />
      </Modal>
    </>
  );
}

function Question({ task, draftKey, error, busy, onPause, cancel }) {
  const doc = useDocument({ value: "", docKey: draftKey, draftKey: `${draftKey}.reason` });
  const send = (event) => {
    event.preventDefault();
    onPause(task, doc.latest);
  };
  return (
    <form className="stack" onSubmit={send}>
      <ul className="pause-means">
        <li>{task ? "No job of this task begins" : "No job begins"} until it is resumed, retries included.</li>
        <li>What runs goes on; single runs still start.</li>
        <li>Schedules go on queuing; one that may not overlap skips while its job waits.</li>
      </ul>
      <div className="field">
        <label className="label" htmlFor="pause-reason">Reason</label>
        <textarea
          key={doc.id} id="pause-reason" className="growing" required maxLength={REASON_CHARS} defaultValue={doc.text}
          aria-describedby="pause-reason-hint" aria-invalid={error ? true : undefined} onInput={({ target }) => doc.changed(target.value)}
        />
        <span id="pause-reason-hint" className="hint">Shown wherever these jobs appear, with who paused them and when.</span>
        {error && <span className="error" role="alert">{error}</span>}
      </div>
      <div className="row">
        <Button type="primary" htmlType="submit" loading={busy ? { delay: 200 } : false}>{task ? "Pause task" : "Pause queue"}</Button>
        <Button onClick={cancel}>Do nothing</Button>
      </div>
    </form>
  );
}
