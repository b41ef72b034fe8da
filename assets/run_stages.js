// The stages of an execution, from what is known of it.

/**
 * The stages that it went through, in order: `{kind, word, ms, since, going}`. `kind` is "delayed", "waited",
 * "ran" or "kept"; `going`: it is in this stage, since `since` (epoch ms). What nobody knows is left out.
 */
export function stages({ queuedAt, startedAt, completedAt, scheduledFor, waitMs, durationMs, open, now }) {
  const queued = at(queuedAt), started = at(startedAt), ended = at(completedAt);
  if (queued == null) return [];
  const due = Math.max(queued, at(scheduledFor) ?? queued);
  const found = [];
  if (due > queued) found.push(stage("delayed", "Put off", due - queued, queued, open && started == null && now < due));
  if (open && started == null && now < due) return found;
  const until = started ?? ended ?? (open ? now : null);
  // What a job waited, it did before its execution was made: only the server knows it.
  const waited = waitMs ?? (until == null ? null : until - due);
  if (waited != null) found.push(stage("waited", started == null && open ? "Waiting" : "Waited", waited, due, started == null && open));
  if (started == null) return found;
  const ran = durationMs ?? (ended ?? (open ? now : null)) - started;
  const going = open && ended == null;
  if (Number.isFinite(ran) && (ended != null || open || durationMs != null)) found.push(stage("ran", going ? "Running" : "Ran", ran, started, going));
  // Its worker tells how long the script ran; what a server does before and after belongs to no stage of the task.
  const rest = ended == null || durationMs == null ? 0 : ended - started - durationMs;
  if (rest >= TOLD_MS) found.push(stage("kept", "Starting, saving its log and output", rest, ended - rest, false));
  return found;
}

const TOLD_MS = 1000; // less is no riddle to anybody

const at = (text) => (text ? Date.parse(text) : null);
const stage = (kind, word, ms, since, going) => ({ kind, word, ms: Math.max(0, ms), since, going: Boolean(going) });
