// Signing in and out. Both open a page anew: a socket keeps the cookie with which it was opened.
import { useState } from "react";
import { fetch, pathOf, rooted } from "./base.js";
import { serverOf, withParam, withServer } from "./server_address.js";

const SIGN_IN = "/login";
let leaving = false;

/** Lead to the sign-in on a server, and from there back to this page. */
export function signInAgain(server) {
  const { search, hash } = window.location;
  const pathname = pathOf(window.location);
  if (leaving || pathname === SIGN_IN) return;
  leaving = true;
  const back = pathname + search + hash;
  const to = withServer(SIGN_IN, server);
  lead(back === "/" ? to : withParam(to, "next", back));
}

/** End the session; all open pages of it are led to the sign-in. */
export async function signOut() {
  leaving = true;
  const server = serverOf(window.location.search);
  try {
    const answer = await post(withServer("/console/logout", server), {});
    lead((await answer.json()).to);
  } catch {
    leaving = false;
    window.alert("The console does not answer: you are still signed in.");
  }
}

/** A form of fields `username` and `password`; it opens the page that the address asks for in `next`. */
export function SignInForm({ server, className, children }) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");

  async function submit(event) {
    event.preventDefault();
    if (busy) return;
    const form = event.currentTarget;
    const { username, password } = Object.fromEntries(new FormData(form));
    const next = new URLSearchParams(window.location.search).get("next") ?? "/";
    setBusy(true);
    setProblem("");
    const { to, message } = await ask({ username, password, server, next });
    if (to) return lead(to);
    setBusy(false);
    setProblem(message);
    form.elements.password.select();
  }

  return (
    <form className={className} onSubmit={submit} aria-busy={busy}>
      {children}
      <p className="form-error" role="alert">{problem}</p>
    </form>
  );
}

async function ask(fields) {
  try {
    const answer = await post("/console/login", fields);
    const told = await answer.json();
    return answer.ok ? told : { message: told.message };
  } catch {
    return { message: "The console does not answer. Try again in a moment." };
  }
}

const lead = (path) => window.location.assign(rooted(path));

const post = (path, body) =>
  fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
