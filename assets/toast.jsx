// The answer to what a person did. Good news leaves by itself; bad news waits to be dismissed.
import { useEffect } from "react";
import { PageLink } from "./server.jsx";

const STAY_MS = 8000;

export function Toast({ kind, text, href, link, onDismiss }) {
  useEffect(() => {
    if (kind !== "ok") return undefined;
    const timer = setTimeout(onDismiss, STAY_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="toast" data-kind={kind} role={kind === "error" ? "alert" : "status"}>
      <span>
        {text} {href && <PageLink to={href}>{link}</PageLink>}
      </span>
      <button type="button" className="plain dim" aria-label="Dismiss" onClick={() => onDismiss()}>
        ✕
      </button>
    </div>
  );
}
