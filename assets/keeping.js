// What the browser keeps for the next time; one that keeps nothing works all the same.

/** The text that was kept under this name; null where there is none. */
export function keptText(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

/** Keep a text; returns whether it is. */
export function keepText(name, text) {
  try {
    localStorage.setItem(name, text);
    return true;
  } catch {
    return false;
  }
}

/** What was kept under this name, if it is of the same kind as `otherwise`. */
export function kept(name, otherwise) {
  try {
    const value = JSON.parse(keptText(name));
    return Array.isArray(value) === Array.isArray(otherwise) && value !== null ? value : otherwise;
  } catch {
    return otherwise;
  }
}

/** Keep a value; returns whether it is. */
export const keep = (name, value) => keepText(name, JSON.stringify(value));
