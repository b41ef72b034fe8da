// Heavy modules come in their own files, after the page has been painted.
import { useCallback, useEffect, useState } from "react";
import { useAway } from "./leaving.js";

// The second frame begins when the first has been painted.
const afterPaint = (act) => requestAnimationFrame(() => requestAnimationFrame(() => idle(act)));
const idle = globalThis.requestIdleCallback ? (act) => requestIdleCallback(act, { timeout: 500 }) : (act) => setTimeout(act, 50);

/** For `useLazy`, while nothing is wanted yet. */
export const nothing = () => Promise.resolve(null);

/**
 * `{loaded, failed, retry}`: what the promise of `load` gave, null before; `load` must not change. What failed
 * is tried again when the console, or the network, is back.
 */
export function useLazy(load) {
  const [loaded, setLoaded] = useState(null);
  const [failed, setFailed] = useState(false);
  const [attempt, setAttempt] = useState(0);
  const retry = useCallback(() => setAttempt((n) => n + 1), []);

  useEffect(() => {
    let wanted = true;
    setFailed(false);
    afterPaint(() => {
      if (!wanted) return;
      load().then(
        (value) => wanted && setLoaded(value),
        (error) => {
          console.error(error);
          if (wanted) setFailed(true);
        },
      );
    });
    return () => {
      wanted = false;
    };
  }, [load, attempt]);

  const away = useAway();
  useEffect(() => {
    if (!away && failed) retry();
  }, [away]);
  useEffect(() => {
    if (!failed) return undefined;
    window.addEventListener("online", retry);
    return () => window.removeEventListener("online", retry);
  }, [failed]);

  return { loaded, failed, retry };
}
