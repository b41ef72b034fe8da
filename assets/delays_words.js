// What waits to be done and can be undone, in words.
const DOING = { enable: "Enabling", disable: "Disabling" };
const DONE = { enable: "Enabled", disable: "Disabled" };
const NOUNS = { tasks: "task", schedules: "schedule", jobs: "job", executions: "execution" };

/** The row as people know it: by its name, else as `job 12`. */
const called = ({ noun, of, name }) => name || `${NOUNS[noun] ?? noun} ${of}`;

const level = ({ verb, value }) => (verb === "priority" ? ` to ${value.toLowerCase()} priority` : "");

/** What goes on: `Disabling nightly`, `Setting job 12 to high priority`. */
export const doing = (act) => `${DOING[act.verb] ?? "Setting"} ${called(act)}${level(act)}`;

/** What was done: `Disabled nightly`. */
export const done = (act) => `${DONE[act.verb] ?? "Set"} ${called(act)}${level(act)}`;

/** What was not: `Could not disable nightly`. */
export const failed = (act) => `Could not ${act.verb === "priority" ? "set" : act.verb} ${called(act)}${level(act)}`;

/** What an act on many rows is about to do: `Disabling 3 tasks`. */
export function doingMany({ noun, verb, value, possible }) {
  const rows = `${Number(possible).toLocaleString("en")} ${possible === 1 ? (NOUNS[noun] ?? noun) : noun}`;
  return `${DOING[verb] ?? "Setting"} ${rows}${level({ verb, value })}`;
}

/** The whole seconds that are left until an instant, `most` at most: clocks of browsers differ. */
export const secondsLeft = (dueAt, now, most) => Math.min(Math.ceil(most), Math.max(0, Math.ceil((dueAt - now) / 1000)));

/** What was asked for last of what waits, by when it is due. */
export const newestOf = (waits) => waits.reduce((newest, each) => (newest && newest.at > each.at ? newest : each), undefined);

/**
 * What became of acts that were waited for when the console was started again: `before` are those that it told of a
 * server, with the name of its process, `epoch` that of now. What waited was not done; of what was with the server
 * nobody knows. What is told of still (`acts`) is not lost: this process is another worker, and that one lives.
 */
export function lost(before, epoch, server, acts = []) {
  if (!before.epoch || !epoch || before.epoch === epoch || before.server !== server) return [];
  const known = new Set(acts.map(({ id }) => id));
  return before.acts.filter(({ id }) => !known.has(id)).flatMap((act) => {
    if (act.stage === "waiting") return [{ id: act.id, text: `The console was started again before this was done: ${doing(act)}. Nothing was changed.` }];
    if (act.stage === "doing") return [{ id: act.id, text: `The console was started again meanwhile: ${doing(act)}. Whether it was done, the row shows.` }];
    return [];
  });
}
