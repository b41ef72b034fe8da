// Single keys of all pages (keys.js), and the help for them.
import { useEffect, useState, useSyncExternalStore } from "react";
import { keepFocus } from "./focus_kept.js";
import { areOn, followOn, listen } from "./keys.js";
import { nothing, useLazy } from "./lazy.js";
import { openPalette } from "./palette_open.js";

const loadHelp = () => import("./keys_help.jsx");
const wanted = new Set(); // what opens the help

/** Open the help. */
export const showKeys = () => wanted.forEach((open) => open());

export const useOn = () => useSyncExternalStore(followOn, areOn, () => true);

/** Mounted once in the frame: listens, and has the help. */
export function Keys() {
  const [open, setOpen] = useState(false);
  const { loaded } = useLazy(open ? loadHelp : nothing);
  useEffect(() => listen({ search: openPalette, help: showKeys }), []);
  useEffect(keepFocus, []);
  useEffect(() => {
    const show = () => setOpen(true);
    wanted.add(show);
    return () => wanted.delete(show);
  }, []);
  return open && loaded ? <loaded.KeysHelp onClose={() => setOpen(false)} /> : null;
}
