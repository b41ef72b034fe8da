// What this tab started and is over now, behind a bell. Nothing more is loaded or asked until something was started.
import { useId, useState, useSyncExternalStore } from "react";
import { ofTab } from "./keeping_tab.js";
import { nothing, useLazy } from "./lazy.js";
import "./bell.css";

const load = () => import("./bell_notices.jsx");
const NOTHING = { who: "", seen: [], open: [], told: [] };
// The lazy part gets it from here: a module that both import would be a file of its own.
const store = ofTab("ratchet.started", NOTHING);

/**
 * `items`: what was started of late, `[{key, row, server}]`; `onFollow(topics)` lets the rest be watched;
 * `named`: who the viewer is, where a proxy says so.
 */
export function Bell({ items, onFollow, named }) {
  // The first page is drawn once where there is no tab.
  const { open, told } = useSyncExternalStore(store.follow, store.read, () => NOTHING);
  const [shown, setShown] = useState(false);
  const id = useId();
  const wanted = shown || items.length > 0 || open.length > 0 || told.length > 0;
  const { loaded } = useLazy(wanted ? load : nothing);
  const unread = told.filter((each) => !each.read).length;
  return (
    <>
      <button type="button" className="plain icon-button bell" popoverTarget={id} aria-haspopup="dialog" aria-expanded={shown} aria-label={unread ? `Notifications, ${unread} unread` : "Notifications"} title="Notifications">
        <svg viewBox="0 0 16 16" className="icon" aria-hidden="true"><path d="M8 2.2a3.6 3.6 0 0 0-3.6 3.6c0 3.6-1.4 4.6-1.4 5.4h10c0-.8-1.4-1.8-1.4-5.4A3.6 3.6 0 0 0 8 2.2M6.6 13.6h2.8" /></svg>
        {unread > 0 && <span className="bell-count" aria-hidden="true">{unread > 9 ? "9+" : unread}</span>}
      </button>
      <div id={id} popover="auto" role="dialog" aria-label="Notifications" className="bell-panel" onToggle={(event) => setShown(event.newState === "open")}>
        {shown && (loaded ? <loaded.Notices store={store} onClose={() => document.getElementById(id)?.hidePopover()} /> : <p className="dim" aria-busy="true">Loading…</p>)}
      </div>
      {loaded && <loaded.Follower store={store} items={items} onFollow={onFollow} named={named} />}
    </>
  );
}
