// The runs of a month by day, and its days by week. Pure.

/** Each day `{from, to}` with `ran`, `failed`, `due`, and the names of its `lanes`. */
export function monthOf(days, answers) {
  const month = days.map((day) => ({ ...day, ran: 0, failed: 0, due: 0, lanes: [] }));
  const places = new Map(month.map((day) => [day.from, day]));
  for (const { start, bucket, lanes } of answers) {
    for (const { name, past, coming } of lanes) {
      const add = (columns, tell) =>
        columns?.at.forEach((place, i) => {
          // A run of before is counted where it was queued.
          const day = place < 0 ? null : places.get(start + place * bucket);
          if (!day) return;
          tell(day, i);
          if (day.lanes.at(-1) !== name) day.lanes.push(name);
        });
      add(past, (day, i) => {
        day.ran += past.n[i];
        day.failed += past.failed[i];
      });
      add(coming, (day, i) => {
        day.due += coming.n[i];
      });
    }
  }
  return month;
}

/** `{names, weeks}`: names of weekdays, and rows of seven days, null outside the month. */
export function weeksOf(month, language = globalThis.navigator?.language ?? "en") {
  const first = firstDay(language);
  const blank = (new Date(month[0].from * 1000).getDay() - first + 7) % 7;
  const cells = [...Array(blank).fill(null), ...month];
  while (cells.length % 7) cells.push(null);
  const weeks = Array.from({ length: cells.length / 7 }, (_, week) => cells.slice(7 * week, 7 * week + 7));
  // The first of January 2023 was a Sunday.
  const names = Array.from({ length: 7 }, (_, i) => new Date(2023, 0, 1 + ((first + i) % 7)).toLocaleDateString("en", { weekday: "short" }));
  return { names, weeks };
}

/** The day with which a week begins where this language is spoken, 0 for Sunday; Monday where nobody knows. */
function firstDay(language) {
  const locale = new Intl.Locale(language);
  const info = locale.getWeekInfo?.() ?? locale.weekInfo;
  return (info?.firstDay ?? 1) % 7;
}
