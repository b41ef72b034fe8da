// A panel that opens below its button, over everything; a press elsewhere or Escape closes it.
import { useId, useLayoutEffect, useRef, useState } from "react";
import "./list.css";

const EDGE = 8;
const FOCUSABLE = "input, select, a[href], button";

/**
 * `children(close)` is drawn while it is open. `label` names the panel, and the button where `face`, what the
 * button shows, does not. `kind` is the button's class.
 */
export function Dropdown({ label, face, kind = "button", title, children }) {
  const id = useId();
  const button = useRef(null);
  const panel = useRef(null);
  const [open, setOpen] = useState(false);

  useLayoutEffect(() => {
    if (!open) return undefined;
    const put = () => place(panel.current, button.current);
    put();
    if (!panel.current.contains(document.activeElement)) panel.current.querySelector(FOCUSABLE)?.focus();
    window.addEventListener("scroll", put, { passive: true, capture: true });
    window.addEventListener("resize", put);
    return () => {
      window.removeEventListener("scroll", put, { capture: true });
      window.removeEventListener("resize", put);
    };
  }, [open]);

  const close = () => panel.current?.hidePopover();
  return (
    <>
      <button
        type="button" ref={button} className={kind} popoverTarget={id} aria-expanded={open} aria-haspopup="dialog"
        aria-label={face ? undefined : label} title={title}
      >
        {face ?? label}
      </button>
      <div
        id={id} ref={panel} popover="auto" role="dialog" aria-label={label} className="dropdown"
        onToggle={(event) => setOpen(event.newState === "open")}
      >
        {open && children(close)}
      </div>
    </>
  );
}

// Below the button, or above it where there is more room; never over the edge of the window.
function place(panel, button) {
  const at = button.getBoundingClientRect();
  const { clientWidth: wide, clientHeight: high } = document.documentElement;
  const below = high - at.bottom - 2 * EDGE;
  const above = at.top - 2 * EDGE;
  const up = below < Math.min(panel.scrollHeight, 280) && above > below;
  panel.style.maxHeight = `${Math.max(up ? above : below, 120)}px`;
  panel.style.left = `${Math.max(EDGE, Math.min(at.left, wide - panel.offsetWidth - EDGE))}px`;
  panel.style.top = up ? "auto" : `${at.bottom + 4}px`;
  panel.style.bottom = up ? `${high - at.top + 4}px` : "auto";
}

/** The arrow of a button that opens something. */
export const Arrow = () => (
  <svg viewBox="0 0 16 16" className="icon" aria-hidden="true">
    <path d="M4 6.5l4 4 4-4" />
  </svg>
);
