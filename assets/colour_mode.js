// For what is painted with colours, not with their names.
import { useEffect, useState } from "react";

/** Changes with the colour mode. */
export function useColorMode() {
  const [mode, setMode] = useState(0);
  useEffect(() => {
    const observer = new MutationObserver(() => setMode((n) => n + 1));
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ["class", "style"] });
    return () => observer.disconnect();
  }, []);
  return mode;
}
