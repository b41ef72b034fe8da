// Which of the plain shapes a cron expression has, and the expression of a shape. Whether an expression is right is
// decided elsewhere: what is not surely one of the shapes is "custom", and stays as it was written.

export const FIELDS = ["seconds", "minutes", "hours", "day of month", "month", "day of week"];
export const DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
// Steps that divide an hour, or a day: others begin anew within it.
export const MINUTES = [1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30];
export const HOURS = [1, 2, 3, 4, 6, 8, 12];
const MACROS = {
  "@yearly": "0 0 0 1 1 *", "@annually": "0 0 0 1 1 *", "@monthly": "0 0 0 1 * *", "@weekly": "0 0 0 * * SUN",
  "@daily": "0 0 0 * * *", "@midnight": "0 0 0 * * *", "@hourly": "0 0 * * * *",
};

/** The six fields of an expression, seconds first; null where it has another number of them. */
export function fieldsOf(text) {
  const trimmed = text.trim();
  const parts = (MACROS[trimmed.toLowerCase()] ?? trimmed).split(/\s+/);
  if (parts.length === 5) return ["0", ...parts];
  return parts.length === 6 ? parts : null;
}

/** The expression of six fields, with as many as `like` has: five stay five as long as no seconds are wanted. */
export function textOfFields(fields, like) {
  const five = like.trim().split(/\s+/).length === 5;
  return (five && fields[0] === "0" ? fields.slice(1) : fields).join(" ");
}

/**
 * The shape of an expression: `{kind: "minutes", every}`, `{kind: "hours", every, minute}`,
 * `{kind: "daily", hour, minute}`, `{kind: "weekly", days, hour, minute}` with Sunday as 0,
 * `{kind: "monthly", day, hour, minute}`, else `{kind: "custom"}`.
 */
export function shapeOf(text) {
  return plainShape(fieldsOf(text)) ?? { kind: "custom" };
}

function plainShape(fields) {
  if (!fields || whole(fields[0], 0, 0) === null || !any(fields[4])) return null;
  const [, minutes, hours, day, , weekday] = fields;
  const everyDay = any(day) && any(weekday);
  const every = step(minutes, MINUTES);
  if (every && hours === "*" && everyDay) return { kind: "minutes", every };
  const minute = whole(minutes, 0, 59);
  if (minute === null) return null;
  const hourly = step(hours, HOURS);
  if (hourly && everyDay) return { kind: "hours", every: hourly, minute };
  const hour = whole(hours, 0, 23);
  if (hour === null) return null;
  if (everyDay) return { kind: "daily", hour, minute };
  if (any(weekday)) {
    const date = whole(day, 1, 31);
    return date === null ? null : { kind: "monthly", day: date, hour, minute };
  }
  const days = any(day) ? daysOf(weekday) : null;
  return days && (days.length === 7 ? { kind: "daily", hour, minute } : { kind: "weekly", days, hour, minute });
}

/** The expression of a shape; as many fields as `like` has, and weekdays by name, which mean the same everywhere. */
export function textOf(shape, like = "") {
  const { every, minute = 0, hour = 0 } = shape;
  const fields = {
    minutes: () => ["0", every === 1 ? "*" : `*/${every}`, "*", "*", "*", "*"],
    hours: () => ["0", minute, every === 1 ? "*" : `*/${every}`, "*", "*", "*"],
    daily: () => ["0", minute, hour, "*", "*", "*"],
    weekly: () => ["0", minute, hour, "*", "*", namesOf(shape.days)],
    monthly: () => ["0", minute, hour, shape.day, "*", "*"],
  }[shape.kind]();
  return textOfFields(fields.map(String), like);
}

/** What a shape becomes when another kind is chosen: what both have stays. */
export function turned(shape, kind) {
  const { minute = 0, hour = 9 } = shape;
  return {
    minutes: { kind, every: 5 },
    hours: { kind, every: 1, minute },
    daily: { kind, hour, minute },
    weekly: { kind, days: [1, 2, 3, 4, 5], hour, minute },
    monthly: { kind, day: 1, hour, minute },
  }[kind];
}

const any = (text) => text === "*" || text === "?";

function whole(text, least, most) {
  const value = /^\d{1,2}$/.test(text) ? Number(text) : -1;
  return value >= least && value <= most ? value : null;
}

/** The step of a field that names each so many; null for one that does not, or not evenly. */
function step(text, even) {
  if (text === "*") return 1;
  const found = /^(?:\*|0)\/(\d{1,2})$/.exec(text);
  return found && even.includes(Number(found[1])) ? Number(found[1]) : null;
}

/** The weekdays that a list of names, numbers and stretches stands for; null where there is more to it. */
function daysOf(text) {
  const days = new Set();
  for (const part of text.split(",")) {
    const [first, last = first, ...more] = part.split("-").map(dayOf);
    if (more.length || first === null || last === null) return null;
    // “5-7” ends on the Sunday that comes after, “FRI-MON” on the Monday.
    const end = last < first ? last + 7 : last;
    for (let day = first; day <= end; day++) days.add(day % 7);
  }
  return [...days].sort();
}

function dayOf(text) {
  const named = DAYS.indexOf(text.toUpperCase());
  return named >= 0 ? named : whole(text, 0, 7);
}

function namesOf(days) {
  const runs = [];
  for (const day of [...days].sort()) {
    if (runs.length && runs.at(-1).at(-1) === day - 1) runs.at(-1).push(day);
    else runs.push([day]);
  }
  return runs.flatMap((run) => (run.length > 2 ? [`${DAYS[run[0]]}-${DAYS[run.at(-1)]}`] : run.map((day) => DAYS[day]))).join(",");
}
