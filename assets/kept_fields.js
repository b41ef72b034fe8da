// What is typed into a few fields, kept in the tab: a reload, or a restarted console, costs nobody their work.
import { useEffect, useRef, useState } from "react";

const NAME = (key) => `ratchet.fields.${key}`;

function read(key) {
  try {
    const found = JSON.parse(sessionStorage.getItem(NAME(key)));
    return found && typeof found === "object" ? found : null;
  } catch {
    return null;
  }
}

function write(key, fields) {
  try {
    if (fields) sessionStorage.setItem(NAME(key), JSON.stringify(fields));
    else sessionStorage.removeItem(NAME(key));
  } catch {
    // A browser that keeps nothing works all the same.
  }
}

/**
 * `{fields, restored, set, reset}`: `set` changes some and keeps what `fit` leaves of all, `reset` begins anew
 * with `initial`. A new `savedKey` says that what was typed is saved.
 */
export function useKeptFields(key, initial, savedKey, fit = (fields) => fields) {
  const [state, setState] = useState(() => begin(key, initial));
  useEffect(() => {
    if (state.key !== key) setState(begin(key, initial));
  }, [key]);
  const known = useRef(savedKey);
  useEffect(() => {
    if (savedKey && savedKey !== known.current) write(key, null);
    known.current = savedKey;
  }, [savedKey]);
  const set = (changes) => setState((before) => {
    const fields = { ...before.fields, ...changes };
    write(key, fit(fields));
    return { ...before, fields };
  });
  const reset = (fields = initial) => {
    write(key, null);
    setState({ key, fields, restored: false });
  };
  return { fields: state.fields, restored: state.restored, set, reset };
}

function begin(key, initial) {
  const kept = read(key);
  return { key, fields: { ...initial, ...kept }, restored: Boolean(kept) };
}
