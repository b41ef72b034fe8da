// Views of a list: names for its addresses. Pure.

const MOST = 50;
const NAME_CHARS = 60;
// Of an address, what is not the list: the page of it, the server, and what is open over it.
const BESIDE = ["page", "server", "run", "bulk"];

/** What of a query makes the list, in one order. */
export function viewed(search) {
  const params = new URLSearchParams(search);
  BESIDE.forEach((name) => params.delete(name));
  params.sort();
  const text = params.toString();
  return text && `?${text}`;
}

/** `{views}` with one more, or `{error}`. */
export function added(views, name, search) {
  const named = name.trim();
  if (views.length >= MOST) return { error: `There are ${MOST} views: delete one first.` };
  const error = wrong(views, named);
  return error ? { error } : { views: [...views, { name: named, search: viewed(search) }] };
}

/** `{views}` with another name for one, or `{error}`. */
export function renamed(views, from, to) {
  const named = to.trim();
  const error = named === from ? "" : wrong(views, named);
  return error ? { error } : { views: views.map((view) => (view.name === from ? { ...view, name: named } : view)) };
}

export const without = (views, name) => views.filter((view) => view.name !== name);

function wrong(views, name) {
  if (!name) return "Give it a name.";
  if (name.length > NAME_CHARS) return `A name has at most ${NAME_CHARS} characters.`;
  return views.some((view) => view.name === name) ? "There is a view of this name." : "";
}

/** Views as they were kept: what is none is left out. */
export const readable = (views) =>
  views.filter((view) => typeof view?.name === "string" && typeof view.search === "string" && /^(\?|$)/.test(view.search)).slice(0, MOST);
