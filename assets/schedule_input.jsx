// The input of a schedule, made from the schema of its task. It stands beside the form that it is a field of, as forms do not nest.
import { useContext, useRef } from "react";
import { Frame } from "./draft.js";
import { Form } from "./edit_form.jsx";
import { SchemaForm } from "./schema_form.jsx";
import "./schedule_edit.css";

/** `taskKey` names the task as it is now; `formId` the form that the input is sent with. */
export function ScheduleInput({ formId, taskId = "", taskKey = "", ...rest }) {
  const form = useContext(Form);
  const field = useRef(null);
  return (
    <div className="schedule-input">
      <textarea ref={field} hidden readOnly form={formId} name="input" defaultValue="" aria-label="Input as it is sent" />
      {/* Another task makes another document of it, and leaves the rest of the form alone. */}
      <Frame.Provider value={null}>
        <SchemaForm
          {...rest} formKey={form.docKey && taskKey && `${form.docKey} ${taskKey}`} draftKey={`${form.draftKey}.input:${taskId}`}
          onText={(text) => void (field.current.value = text)} onSubmit={() => document.getElementById(formId).requestSubmit()} submitLabel=""
        />
      </Frame.Provider>
    </div>
  );
}
