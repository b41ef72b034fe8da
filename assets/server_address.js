// Which server an address means, and how an address keeps it. Python does the same: logic/addresses.py.

const SERVER = "server";

/** The name of the server that a query names, empty where it names none. */
export function serverOf(search) {
  return new URLSearchParams(search).getAll(SERVER).filter(Boolean).at(-1) ?? "";
}

/** A name that is unique among all servers. */
export function under(server, name) {
  return server && name ? `${server}:${name}` : name;
}

/** A link of the console, with the server that the page is of, unless it names one itself. */
export function withServer(href, server) {
  if (!server || !href?.startsWith("/")) return href;
  const [, path, search, hash] = /^([^?#]*)(\?[^#]*)?(#.*)?$/s.exec(href);
  if (new URLSearchParams(search).has(SERVER)) return href;
  return withParam(`${path}${search ?? ""}`, SERVER, server) + (hash ?? "");
}

/** An address without a fragment, with one more parameter. */
export const withParam = (href, name, value) => `${href}${href.includes("?") ? "&" : "?"}${name}=${encodeURIComponent(value)}`;

/** The same list on another server, without the parameters in `lost`; from a detail, its list. */
export function listOn(server, { pathname, search }, lost) {
  const [section, ...detail] = pathname.split("/").slice(1);
  const params = new URLSearchParams(detail.length ? "" : search);
  for (const name of lost) params.delete(name);
  params.set(SERVER, server);
  return `/${section}?${params}`;
}
