// What acts on many rows need in the browser beside what Python draws.
import { useEffect, useRef } from "react";
import { useNavigation } from "react-router";
import { useParam, useSetParam } from "./address.jsx";
import { Arrow, Dropdown } from "./dropdown.jsx";
import "./bulk.css";

const PRIORITIES = [["CRITICAL", "Critical"], ["HIGH", "High"], ["NORMAL", "Normal"], ["LOW", "Low"]];

/** A button that asks which priority is to be set; `why` says why none can be. `now` is the present one. */
export function PriorityMenu({ why, now, onPick }) {
  const face = <>Set priority…<Arrow /></>;
  if (why) return <button type="button" className="button pick" disabled title={why}>{face}</button>;
  return (
    <Dropdown label="Set priority" face={face} kind="button pick">
      {(close) => (
        <ul className="priorities" aria-label="Priorities">
          {PRIORITIES.map(([value, word]) => (
            <li key={value}>
              <button
                type="button" className="plain" aria-pressed={now === undefined ? undefined : now === value}
                onClick={() => {
                  close();
                  onPick(value);
                }}
              >
                {word}
              </button>
            </li>
          ))}
        </ul>
      )}
    </Dropdown>
  );
}

/**
 * The open run gets another id when the server takes it over: the address follows, as it outlives the console.
 * While another page is being opened it waits: it would be called off.
 */
export function FollowRun({ run }) {
  const open = useParam("bulk");
  const set = useSetParam("bulk");
  const rests = useNavigation().state === "idle";
  const wish = useRef(null);
  const [id, ...rest] = (open ?? "").split(".");
  useEffect(() => {
    if (id && run && run !== id) wish.current = { from: id, to: run };
  }, [run]);
  useEffect(() => {
    if (!wish.current || !rests) return;
    const { from, to } = wish.current;
    wish.current = null;
    // Whoever closed it just now may have been quicker: the address follows that in a moment.
    setTimeout(() => {
      const now = new URLSearchParams(window.location.search).get("bulk");
      if (id === from && now === open) set([to, ...rest].join("."), { replace: true });
    });
  }, [run, rests]);
  return null;
}
