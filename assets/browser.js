// Small facts that belong to the browser alone: how wide the menu is, whether the drawer is open.
import { useEffect, useState } from "react";

/** A yes-or-no and the function that turns it; a kept one survives a reload. */
export function useFlag(name, kept) {
  const [on, set] = useState(false);
  useEffect(() => {
    if (kept) set(localStorage.getItem(name) === "1");
  }, [name, kept]);
  const turn = () =>
    set((was) => {
      if (kept) localStorage.setItem(name, was ? "0" : "1");
      return !was;
    });
  return [on, turn];
}
