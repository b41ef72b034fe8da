// What the browser keeps for the next time; one that keeps nothing works all the same.

/** What was kept under this name, if it is of the same kind as `otherwise`. */
export function kept(name, otherwise) {
  try {
    const value = JSON.parse(localStorage.getItem(name));
    return Array.isArray(value) === Array.isArray(otherwise) && value !== null ? value : otherwise;
  } catch {
    return otherwise;
  }
}

/** Keep a value; returns whether it is. */
export function keep(name, value) {
  try {
    localStorage.setItem(name, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}
