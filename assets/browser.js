// Small facts that belong to the browser alone: how wide the menu is, whether the drawer is open, what was pressed.
import { useEffect, useRef, useState } from "react";
import { useLocation } from "react-router";
import { keepText, keptText } from "./keeping.js";

const LATE_MS = 1000; // what has not begun by then was refused, or never arrived

/**
 * `[pressed, press]`: whether no press counts, from one on for a second, or until what it began, once it is `busy`,
 * is over. `press` hears it first.
 */
export function usePressed(busy) {
  const [pressed, set] = useState(false);
  const counted = useRef(false);
  useEffect(() => {
    const free = () => set((counted.current = false));
    if (busy) return free;
    const timer = pressed ? setTimeout(free, LATE_MS) : undefined;
    return () => clearTimeout(timer);
  }, [pressed, busy]);
  const press = (event) => {
    if (counted.current) {
      event.preventDefault(); // it may send a form
      return event.stopPropagation();
    }
    counted.current = true;
    setTimeout(() => set(true)); // at once, the button would be off before it hears of this press itself
  };
  return [pressed, press];
}

/** A yes-or-no and the function that turns it; a kept one survives a reload, any other ends with the page. */
export function useFlag(name, kept) {
  const [on, set] = useState(false);
  const { key } = useLocation();
  useEffect(() => {
    if (!kept) set(false);
  }, [key, kept]);
  useEffect(() => {
    if (kept) set(keptText(name) === "1");
  }, [name, kept]);
  const turn = () =>
    set((was) => {
      if (kept) keepText(name, was ? "0" : "1");
      return !was;
    });
  return [on, turn];
}
