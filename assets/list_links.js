// The links of a list are of the address that was last answered. Pressed before the answer to another one has
// come, a link must not undo that: only what it changes is changed, of the address as it is.

// What an address says besides the list's query.
const BESIDE = ["run", "pause", "bulk"];
const APART = new Set([...BESIDE, "server"]);

/**
 * Where a link with the query `to` leads from the address with the query `now`, if the list was drawn for
 * another one, `drawn`; null: where it says.
 */
export function onward(to, drawn, now) {
  const [link, base, here] = [to, drawn, now].map((search) => new URLSearchParams(search));
  const names = [...new Set([link, base, here].flatMap((params) => [...params.keys()]))].filter((name) => !APART.has(name));
  if (names.every((name) => base.get(name) === here.get(name))) return null;
  const changed = names.filter((name) => link.get(name) !== base.get(name));
  // Another query begins at its first page.
  if (changed.some((name) => name !== "page")) here.delete("page");
  changed.forEach((name) => (link.has(name) ? here.set(name, link.get(name)) : here.delete(name)));
  BESIDE.forEach((name) => here.delete(name));
  const led = here.toString();
  return led === new URLSearchParams(now).toString() ? null : led && `?${led}`;
}
