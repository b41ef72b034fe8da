// What the dialog that runs a task is made of, in files of its own: it is in the frame of every page, and seldom open.
import { useLazy } from "./lazy.js";

const loadForm = () => import("./run_form.jsx");
const loadSelect = () => import("./task_select.jsx");

/** As `RunForm` of run_form.jsx. */
export function RunDialogForm(props) {
  const { loaded, failed, retry } = useLazy(loadForm);
  if (loaded) return <loaded.RunForm {...props} />;
  return failed ? <Unanswered retry={retry} /> : <p className="dim" aria-busy="true">Loading…</p>;
}

/** As `TaskSelect` of task_select.jsx; it has the focus at first. */
export function RunDialogTask(props) {
  const { loaded, failed, retry } = useLazy(loadSelect);
  if (loaded) return <loaded.TaskSelect {...props} autoFocus />;
  return failed ? <Unanswered retry={retry} /> : <div className="skeleton" aria-busy="true" aria-label="Loading" />;
}

const Unanswered = ({ retry }) => (
  <p className="dim" role="alert">The console does not answer. <button type="button" className="plain link" onClick={retry}>Try again</button></p>
);
