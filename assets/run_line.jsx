// From queued to ended as one slim bar, to scale: how long it was put off, waited and ran.
import { Duration, Instant, useNow } from "./clock.jsx";
import { stages } from "./run_stages.js";
import "./executions.css";

export function RunLine({ queuedAt, startedAt, completedAt, scheduledFor, waitMs, durationMs, open = false }) {
  const now = useNow(open);
  const found = stages({ queuedAt, startedAt, completedAt, scheduledFor, waitMs, durationMs, open, now });
  if (!found.length) return null;
  return (
    <div className="run-line" role="group" aria-label="Timeline">
      <div className="run-line-bar" aria-hidden="true">
        {found.filter(({ ms }) => ms > 0).map(({ kind, ms, going }) => <i key={kind} data-kind={kind} data-going={going || undefined} style={{ flexGrow: ms }} />)}
      </div>
      <ol>
        <li>Queued <Instant at={queuedAt} /></li>
        {found.map(({ kind, word, ms, since, going }) => (
          <li key={kind} className="run-line-stage">
            <i data-kind={kind} aria-hidden="true" />
            {word} {going ? <Duration since={since} /> : <Duration ms={ms} />}
          </li>
        ))}
        <li className="run-line-end">{completedAt ? <>Ended <Instant at={completedAt} /></> : startedAt ? "Not finished yet" : open ? "Not started yet" : "Never started"}</li>
      </ol>
    </div>
  );
}
