// A reverse proxy says who opens a page, and who opens its socket. Where it does not any more, no socket can be had:
// the page opens anew then, so that the proxy asks its viewer to sign in, or says why not.
import { fetch } from "./base.js";

const ASK_MS = 5000;

/** Whether an answer says that the viewer has to be asked: a refusal, a way to a sign-in, or somebody's page. */
export const mustSignIn = ({ status, type }) => type === "opaqueredirect" || [200, 401, 403].includes(status);

/** Until it is stopped, ask who does not let the socket come; returns the way to stop. */
export function askWhileAway(openAnew = () => window.location.reload()) {
  let stopped = false;
  let timer = null;
  const ask = async () => {
    const answer = await fetch("/console/named", { redirect: "manual", cache: "no-store" }).catch(() => null);
    if (stopped) return;
    if (answer && mustSignIn(answer)) return openAnew();
    timer = setTimeout(ask, ASK_MS);
  };
  ask();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
