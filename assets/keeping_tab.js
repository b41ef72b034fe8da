// What a tab keeps until it is closed, for one person: who signs in after somebody else finds nothing of theirs.

const fresh = new Map(); // what the browser did not keep: it lasts as long as the page

/** A value `{read(), write(value), follow(reader)}` of this tab under a name; `empty` is what there is at first. */
export function ofTab(name, empty) {
  const readers = new Set();
  let text = null;
  let value = empty;

  function read() {
    const now = stored(name);
    if (now !== text) {
      text = now;
      value = parsed(now, empty);
    }
    return value;
  }

  function write(next) {
    text = JSON.stringify(next);
    value = next;
    try {
      sessionStorage.setItem(name, text);
      fresh.delete(name);
    } catch {
      fresh.set(name, text);
    }
    readers.forEach((reader) => reader());
  }

  function follow(reader) {
    readers.add(reader);
    return () => readers.delete(reader);
  }

  return { read, write, follow };
}

function stored(name) {
  if (fresh.has(name)) return fresh.get(name);
  try {
    return sessionStorage.getItem(name);
  } catch {
    return null;
  }
}

function parsed(text, empty) {
  try {
    const value = JSON.parse(text);
    return value !== null && typeof value === "object" && Array.isArray(value) === Array.isArray(empty) ? value : empty;
  } catch {
    return empty;
  }
}
