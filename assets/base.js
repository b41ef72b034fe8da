// Where the console stands at its host: at `/`, or beneath the prefix of a proxy. Built scripts lie in `assets/`,
// so that the address of this one tells; the router knows the same (ratchet_web/cli/origin.py).
const here = import.meta.url;

/** The prefix, such as `/ratchet`; empty where there is none. */
export const BASE = /^https?:/.test(here) ? new URL("../", here).pathname.slice(0, -1) : "";

/** A path of the console as a browser has to ask for it. */
export const rooted = (path) => (path?.startsWith("/") ? BASE + path : path);

/** What the path of an address means to the console and to the router. */
export const unrooted = (pathname) => pathname.slice(BASE.length) || "/";

/** The same of a link, or of the address that is open. */
export const pathOf = (place) => unrooted(place.pathname);

/** As the browser's own, for paths of the console. */
export const fetch = (path, options) => globalThis.fetch(rooted(path), options);
