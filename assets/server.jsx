// The server that the page is of: its address says it, every link keeps it.
import { createContext, useContext, useEffect, useLayoutEffect } from "react";
import { Link, useLocation, useNavigate } from "react-router";
import { useHydrated } from "./address.jsx";
import { held, useAway } from "./leaving.js";
import { listOn, serverOf, withServer } from "./server_address.js";

const Server = createContext("");
let drawn = ""; // the server of what is on the screen

/** Mounted once above the pages. */
export function ServerProvider({ children }) {
  const { search } = useLocation();
  const server = useHydrated() ? serverOf(search) : "";
  useLayoutEffect(() => void (drawn = server), [server]);
  useEffect(guard, []);
  return <Server.Provider value={server}>{children}</Server.Provider>;
}

/** The name of the server that the page is of, empty where it has none. */
export const useServer = () => useContext(Server);

/** A link to another page of the same server. */
export function PageLink({ to, ...rest }) {
  const Kind = rest.prefetch ? EagerLink : Link;
  return <Kind to={withServer(to, useServer())} {...rest} />;
}

// A page that cannot be fetched ahead is opened anew, as one that cannot be fetched is.
function EagerLink({ prefetch, ...rest }) {
  return <Link prefetch={useAway() ? "none" : prefetch} {...rest} />;
}

/** A function that leads to the same list on another server; the parameters in `lost` are left behind. */
export function useSwitchServer(lost) {
  const location = useLocation();
  const navigate = useNavigate();
  return (server) => held() || navigate(listOn(server, location, lost));
}

// The address changes a moment before what is on the screen: a press in between would be about a row of
// one server and be done on another.
function guard() {
  const stop = (event) => {
    if (serverOf(window.location.search) === drawn) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const kinds = ["click", "submit"];
  kinds.forEach((kind) => document.addEventListener(kind, stop, true));
  return () => kinds.forEach((kind) => document.removeEventListener(kind, stop, true));
}
