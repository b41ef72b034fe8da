// When a schedule fires next: how soon, by the viewer's clock, and by its own in the tooltip.
import { Ago, useNow } from "./clock.jsx";
import { onClockOf, shortly } from "./schedule_clock.js";
import "./schedule_runs.css";

// Servers look at due times every few seconds; later than this, something is amiss.
const LATE_MS = 60_000;

export function NextRun({ at, zone = "UTC", empty = "never" }) {
  const now = useNow(Boolean(at));
  if (!at) return <span className="dim">{empty}</span>;
  const late = now - new Date(at).getTime() > LATE_MS;
  const title = `${onClockOf(at, zone)} by the clock of ${zone}`;
  return (
    <span className="next-run" title={title}>
      {late ? <span className="status warn" title={`It was due at ${title}, and did not fire.`}>Overdue</span> : null} <Ago at={at} />
      <span className="next-at dim">{shortly(at)}</span>
    </span>
  );
}
