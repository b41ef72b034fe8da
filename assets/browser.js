// Small facts that belong to the browser alone: how wide the menu is, whether the drawer is open.
import { useEffect, useState } from "react";
import { useLocation } from "react-router";
import { keepText, keptText } from "./keeping.js";

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
