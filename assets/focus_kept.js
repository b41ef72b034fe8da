// Where the focus goes when what has it is taken away: a button that was pressed makes room for another one, or its
// row leaves the list. Without this it would be nowhere, and Tab would begin at the top of the page. It goes where
// a second press of Enter does nothing: what made room for a button often takes back what that did.

const ROWS = "#main tr[data-id]";
const PLACES = `${ROWS}, #main .title`;
const WAIT_MS = 5000;
const CONTROL = "button, a[href]";
// Its question stands at the end of the page; the button beside which it opened is what had the focus.
const QUESTION = ".ant-popconfirm";

let had = null; // {element, place, at}; `until` is when nobody waits for it any more

const usable = (each) => !each.disabled && each.checkVisibility();
const first = (place, selector) => [...place.querySelectorAll(selector)].find(usable);

function note({ target }) {
  if (target.closest(QUESTION)) return;
  const place = target.closest(PLACES);
  had = place && { element: target, place, at: [...document.querySelectorAll(ROWS)].indexOf(place) };
}

/** The heading or the row's link beside it; of a row that is gone, the row that is there now. */
function heir({ element, place, at }) {
  if (element.isConnected) return usable(element) ? element : null;
  if (place.isConnected) return heading(place) ?? first(place, "a[href]") ?? first(place, CONTROL);
  const rows = [...document.querySelectorAll(ROWS)].filter(usable);
  return at < 0 || !rows.length ? null : first(rows[Math.min(at, rows.length - 1)], CONTROL);
}

function heading(place) {
  const found = place.querySelector("h1");
  if (found) found.tabIndex = -1;
  return found;
}

function look() {
  if (!had || document.activeElement !== document.body) return;
  had.until ??= performance.now() + WAIT_MS;
  if (performance.now() > had.until) had = null;
  else heir(had)?.focus({ preventScroll: true });
}

/** Keep the focus on the page; returns the way to stop. */
export function keepFocus() {
  const observer = new MutationObserver(look);
  observer.observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["disabled"] });
  // Who presses beside everything wants it nowhere; a button that is busy loses it by itself.
  const leave = ({ target }) => target.closest(CONTROL) || (had = null);
  addEventListener("focusin", note);
  addEventListener("pointerdown", leave);
  return () => {
    observer.disconnect();
    removeEventListener("focusin", note);
    removeEventListener("pointerdown", leave);
  };
}
