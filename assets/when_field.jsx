// When something is to run: a text such as `in 10 minutes` or `tomorrow 09:00`, by the clock of a named zone.
import { useId } from "react";
import { Ago, useNow } from "./clock.jsx";
import { momentOf } from "./moments.js";
import { allZones, inZone, isTwice, isZone, ownZone } from "./zones.js";
import "./jobs.css";

export const ADVICE = "Write a delay, such as in 10 minutes, or a time, such as tomorrow 09:00 or 2026-12-24 18:00";

/** `{at}`, null for now, or `{error}` and the field that is wrong. */
export function readWhen(when, zone) {
  if (!isZone(zone)) return { error: `There is no time zone ${zone.trim() || "without a name"}: write one such as Europe/Berlin or UTC`, field: "zone" };
  const at = momentOf(when, new Date(), zone.trim());
  return at === undefined ? { error: `${ADVICE}. A time that the zone's clock leaves out is none`, field: "when" } : { at };
}

/** A labelled field; `problem` stands below it. */
export function Labelled({ label, problem, hint, children }) {
  const id = useId();
  return (
    <div className="field">
      <label className="label" htmlFor={id}>{label}</label>
      {children({ id, "aria-invalid": problem ? true : undefined, "aria-describedby": `${id}-problem` })}
      {hint && <span className="hint">{hint}</span>}
      <span id={`${id}-problem`} className="error" role="alert">{problem}</span>
    </div>
  );
}

/** `value` is `{when, zone}`; `problems` what is wrong with them, by these names. */
export function WhenField({ value, onChange, problems, label = "Run at", empty = "at once" }) {
  const zones = useId();
  return (
    <div className="when-field">
      <Labelled label={label} problem={problems.when}>
        {(given) => (
          <input
            {...given} name="when" className="native" value={value.when} maxLength={60} autoComplete="off" spellCheck="false"
            placeholder="now, in 10 minutes, tomorrow 09:00" onChange={({ target }) => onChange({ when: target.value })}
          />
        )}
      </Labelled>
      <Labelled label="Time zone" problem={problems.zone}>
        {(given) => (
          <input
            {...given} name="zone" className="native" value={value.zone} maxLength={60} autoComplete="off" spellCheck="false"
            list={zones} onChange={({ target }) => onChange({ zone: target.value })}
          />
        )}
      </Labelled>
      <datalist id={zones}>{allZones().map((zone) => <option key={zone} value={zone} />)}</datalist>
      <Resolved {...value} empty={empty} told={Boolean(problems.when || problems.zone)} />
    </div>
  );
}

function Resolved({ when, zone, empty, told }) {
  useNow(Boolean(when.trim())); // a delay is counted from now on
  const { at, error } = readWhen(when, zone);
  // Once it is told at the field, the same words need not stand here too.
  if (error) return <p className="dim hint resolved" aria-live="polite">Not understood yet.{!told && ` ${error}.`}</p>;
  if (!at) return <p className="dim hint resolved" aria-live="polite">It is due {empty}.</p>;
  const name = zone.trim();
  return (
    <p className="dim hint resolved" aria-live="off">
      Due <Ago at={at.toISOString()} />: <b>{inZone(at, name)}</b> in {name}
      {name !== "UTC" && <> · {inZone(at, "UTC")} UTC</>}
      {name !== ownZone() && ownZone() !== "UTC" && <> · {inZone(at, ownZone())} in {ownZone()}</>}
      {isTwice(at, name) && " · The clock shows this time twice that day: the first is meant."}
      {at < new Date() && " · That is past: it is due at once."}
    </p>
  );
}
