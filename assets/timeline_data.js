// What the timeline knows: asked for when something else comes into view, and again every few seconds while the
// page is looked at. The last answer stays while another is on its way; one that comes too late is dropped.
import { useCallback, useEffect, useRef, useState } from "react";
import { fetch } from "./base.js";
import { useServer } from "./server.jsx";
import { withServer } from "./server_address.js";

const PATH = "/console/schedules/timeline";
const EVERY_S = 10;

/** `{answers, error, busy, retry}` for stretches `{from, to, bucket}`; `answers` null until the first came. */
export function useTimeline(wanted) {
  const server = useServer();
  const key = JSON.stringify([server, wanted]);
  const [state, setState] = useState({ answers: null, error: null, key: "" });
  const [attempt, setAttempt] = useState(0);
  const every = useRef(EVERY_S);
  useEffect(() => {
    if (!wanted.length) return undefined;
    let [asked, last, timer] = [null, 0, null];
    const look = async () => {
      asked?.abort();
      asked = new AbortController();
      const { signal } = asked;
      last = Date.now();
      try {
        const answers = await Promise.all(wanted.map((each) => ask(each, server, signal)));
        if (signal.aborted) return;
        every.current = Math.max(...answers.map((answer) => answer.every));
        setState({ answers, error: null, key });
      } catch (error) {
        if (!signal.aborted) setState((before) => ({ ...before, error: { message: error.message, requestId: error.requestId } }));
      }
    };
    const again = () => {
      if (!document.hidden && Date.now() - last >= every.current * 1000 - 50) look();
    };
    look();
    timer = setInterval(again, 1000);
    document.addEventListener("visibilitychange", again);
    return () => {
      asked?.abort();
      clearInterval(timer);
      document.removeEventListener("visibilitychange", again);
    };
  }, [key, attempt]);
  const retry = useCallback(() => setAttempt((n) => n + 1), []);
  return { ...state, busy: state.key !== key && !state.error, retry };
}

async function ask({ from, to, bucket }, server, signal) {
  const address = withServer(`${PATH}?from=${from}&to=${to}&bucket=${bucket}`, server);
  const response = await fetch(address, { signal }).catch((error) => {
    if (signal.aborted) throw error;
    throw new Error("The console cannot be reached");
  });
  if (response.ok) return response.json();
  const body = await response.json().catch(() => null);
  throw Object.assign(new Error(body?.message ?? `The timeline could not be read (HTTP ${response.status})`), { requestId: body?.request_id });
}
