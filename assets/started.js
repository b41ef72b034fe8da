// What this tab started, and what became of it.

const MOST_OPEN = 20;
const MOST_TOLD = 30;
const MOST_SEEN = 60;
const ONE = { executions: "Execution", jobs: "Job" };
const WORDS = { COMPLETED: "completed", FAILED: "failed", CANCELLED: "was cancelled", ABORTED: "was aborted", GONE: "is not there any more" };

/** The state with what was started just now, `[{key, row, server}]`; a row that is started again is waited for again. */
export function withStarted(state, items) {
  const fresh = items.filter(({ key }) => !state.seen.includes(key));
  if (!fresh.length) return state;
  const isFresh = (each) => fresh.some(({ row, server }) => row === each.row && server === each.server);
  return {
    ...state,
    seen: [...state.seen, ...fresh.map(({ key }) => key)].slice(-MOST_SEEN),
    open: [...state.open.filter((each) => !isFresh(each)), ...fresh].slice(-MOST_OPEN),
  };
}

/** What of a server is over by what its topic told: news, read where `isSeen(each)`. */
export function endedOf({ open }, server, rows, at, isSeen) {
  const over = new Map(rows.filter((row) => row.over).map((row) => [row.id, row]));
  return open.filter((each) => each.server === server && over.has(each.row)).map((each) => {
    const { status, name, note } = over.get(each.row);
    return { ...each, status, name, note, at, read: isSeen(each) };
  });
}

/** The state with news, the newest first. */
export function withTold(state, news) {
  const over = new Set(news.map(({ key }) => key));
  return { ...state, open: state.open.filter(({ key }) => !over.has(key)), told: [...news.toReversed(), ...state.told].slice(0, MOST_TOLD) };
}

/** The topics that tell of what is not over, by server. */
export function topicsOf(open) {
  const topics = {};
  for (const { server, row } of open) (topics[server] ??= []).push(row.replace("/", "."));
  return Object.fromEntries(Object.entries(topics).map(([server, rows]) => [server, `started/${rows.sort().join(",")}`]));
}

/** What to call a row: `Execution 12 of add-numbers`, `Cancel executions`. */
export function called({ row, name }) {
  const [noun, id] = row.split("/");
  if (noun === "bulk") return name ? name[0].toUpperCase() + name.slice(1) : "Bulk run";
  return `${ONE[noun]} ${id}${name ? ` of ${name}` : ""}`;
}

/** What became of it, in a sentence. */
export function told(each) {
  const what = `${called(each)} ${WORDS[each.status] ?? `has ended: ${each.status}`}`;
  return each.note ? `${what}: ${each.note}` : what;
}

/** Whether it went as it should. */
export const wentWell = ({ status }) => status === "COMPLETED";

/** Its page. */
export function pageOf({ row, name }) {
  const [noun, id] = row.split("/");
  return noun === "bulk" ? `/${name.split(" ")[1] ?? "executions"}?bulk=${id}` : `/${row}`;
}

/** The state to begin with for a person: nothing of somebody else's. Nobody is named while that is not known. */
export const stateOf = (state, who) => (!who || state.who === who ? state : { who, seen: state.seen, open: [], told: [] });
