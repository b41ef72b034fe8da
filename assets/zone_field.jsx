// The time zone whose clock a schedule goes by: its IANA name, found by typing a part of it.
import { useEffect, useId, useMemo } from "react";
import { useDocument } from "./draft.js";
import { ownZone } from "./schedule_clock.js";
import "./run_form.css";

const LIMIT = 100;

/** Without an `initial` zone the viewer's is meant; `onLook(zone)` is told of it, and of each that is typed. */
export function ZoneField({ name, initial = "", docKey, draftKey, savedKey, error = "", onLook }) {
  const id = useId();
  const value = docKey && !initial ? ownZone() : initial;
  const doc = useDocument({ value, docKey, draftKey: draftKey && `${draftKey}.${name}`, savedKey, onChange: onLook });
  const zones = useMemo(() => ["UTC", ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC")], []);
  // The page cannot know which zone this browser is in.
  useEffect(() => void (doc.docKey && !initial && onLook?.(doc.latest)), [doc.docKey, initial]);
  return (
    <div className="field">
      <label className="label" htmlFor={id}>Time zone</label>
      <input
        key={doc.id} id={id} name={name} className="native" list={`${id}zones`} defaultValue={doc.text} disabled={!doc.docKey} maxLength={LIMIT}
        onChange={({ target }) => doc.changed(target.value)} onBlur={doc.flush} autoComplete="off" spellCheck={false}
        aria-invalid={error ? true : undefined} aria-describedby={`${id}hint ${id}error`}
      />
      <datalist id={`${id}zones`}>{zones.map((zone) => <option key={zone} value={zone} />)}</datalist>
      <span className="hint" id={`${id}hint`}>An IANA name. Yours is {ownZone()}.</span>
      <span className="error" id={`${id}error`} role="alert">{error}</span>
    </div>
  );
}
