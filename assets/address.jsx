// The page's address as a place for small choices (an open dialog), without asking the server.
import { useSyncExternalStore } from "react";
import { useLocation, useNavigate } from "react-router";
import { pathOf } from "./base.js";

// The page is drawn once before its address is known (the built index.html serves every page).
const never = () => () => {};
export const useHydrated = () => useSyncExternalStore(never, () => true, () => false);

/** The value of one query parameter, or null. */
export function useParam(name) {
  const { search } = useLocation();
  return useHydrated() ? new URLSearchParams(search).get(name) : null;
}

/** The path of the page that is open; empty until it is known. */
export function usePath() {
  const { pathname } = useLocation();
  return useHydrated() ? pathname : "";
}

/**
 * A function that sets (or, with null, removes) one query parameter and leaves the rest alone. It changes the
 * address as it is, which may be newer than the one that was drawn.
 */
export function useSetParam(name) {
  const navigate = useNavigate();
  return (value, { replace = false } = {}) => {
    const { search, hash } = window.location;
    const params = new URLSearchParams(search);
    if (value == null) params.delete(name);
    else params.set(name, value);
    const text = params.toString();
    navigate(pathOf(window.location) + (text ? `?${text}` : "") + hash, { preventScrollReset: true, replace });
  };
}
