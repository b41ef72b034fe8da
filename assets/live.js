// The browser's half of live data: one store per topic, fed by room messages, read by components.
// Rows live here and nowhere else, so that a patch re-renders only the rows it touches.
import { createElement, useCallback, useContext, useEffect, useRef, useSyncExternalStore } from "react";
import { DispatchContext, EventLoopContext } from "$/utils/context-registry";
import { holdLinks, setAway } from "./leaving.js";
import { askWhileAway } from "./named.js";
import { useServer } from "./server.jsx";
import { under } from "./server_address.js";
import { signInAgain } from "./session.jsx";

const ENDED = "session";
// Topics of the frame: what they tell is not what a page shows.
const FRAME = /(^|:)(link|console|tasks\?limit=100|bulk.*|delays|started\/.*)$/;
const NOTHING = { rows: [], about: {}, ready: false, fresh: 0 };
const NO_ROW = {};
const ACT_MS = 5000;
const HIDDEN_MS = 30_000;
const topics = new Map();
const heard = new Set(); // called with each message that comes

class Topic {
  constructor() {
    this.all = new Map(); // every row of the newest state, in the server's order
    this.about = {};
    this.version = -1;
    this.known = false; // the server has told it once
    this.shown = null; // ids on screen while rows must not move; null: show everything
    this.clickedAt = 0; // when the viewer last clicked among the rows
    this.view = NOTHING;
    this.readers = new Set();
    this.listeners = new Set();
  }

  receive(message) {
    if (message.rows || message.set) this.receiveRows(message);
    this.listeners.forEach((listener) => listener(message));
  }

  receiveRows(message) {
    if (message.rows) {
      this.all = new Map(message.rows.map((row) => [row.id, row]));
    } else {
      // A patch for a state that we never had: the snapshot that is on its way replaces it.
      if (message.version !== this.version + 1) return;
      this.patch(message);
    }
    if (message.about) this.about = message.about;
    this.version = message.version;
    this.known ||= !this.about.error || Boolean(this.about.stale_since);
    this.publish();
  }

  patch({ set = {}, new: added = [], gone = [], order }) {
    const before = this.all;
    const after = new Map(before);
    for (const [id, fields] of Object.entries(set)) after.set(id, { ...after.get(id), ...fields });
    for (const row of added) after.set(row.id, row);
    for (const id of gone) after.delete(id);
    this.all = order ? new Map(order.map((id) => [id, after.get(id)])) : after;
    if (this.shown) {
      // Rows that left the page stay in sight, dimmed, until the viewer lets go: but not the one just acted on.
      const acted = Date.now() - this.clickedAt < ACT_MS;
      for (const [id, row] of this.shown) {
        if (after.has(id)) this.shown.set(id, after.get(id));
        else if (acted) this.shown.delete(id);
        else if (!row.gone) this.shown.set(id, { ...row, gone: true });
      }
    }
  }

  hold(on) {
    if (on === (this.shown !== null)) return;
    this.shown = on ? new Map(this.all) : null;
    this.publish();
    heard.forEach((listener) => listener());
  }

  publish() {
    const source = this.shown ?? this.all;
    const fresh = this.shown ? [...this.all.keys()].filter((id) => !this.shown.has(id)).length : 0;
    this.view = { rows: [...source.values()], about: this.about, ready: true, fresh };
    this.readers.forEach((reader) => reader());
  }
}

function topicOf(name) {
  let topic = topics.get(name);
  if (!topic) topics.set(name, (topic = new Topic()));
  return topic;
}

/** A topic of the server that the page is of, by the name that its messages give. */
export const useTopicName = (topic) => under(useServer(), topic);

/** Call `listener` with each message of a topic as it arrives; returns the way to stop. */
export function subscribe(name, listener) {
  const topic = topicOf(name);
  topic.listeners.add(listener);
  return () => {
    topic.listeners.delete(listener);
    forget(name);
  };
}

// Topics that nobody reads any more would otherwise pile up with every filter that was ever tried.
function forget(name) {
  const topic = topics.get(name);
  if (topic && !topic.readers.size && !topic.listeners.size && topics.size > 20) topics.delete(name);
}

/** What `view` makes of a topic, kept up to date. */
function useTopic(name, view, ...needs) {
  const follow = useCallback(
    (reader) => {
      const topic = topicOf(name);
      topic.readers.add(reader);
      return () => {
        topic.readers.delete(reader);
        forget(name);
      };
    },
    [name],
  );
  const read = useCallback(() => view(name ? topicOf(name) : null), [name, ...needs]);
  return useSyncExternalStore(follow, read, read);
}

/** What is known of a topic of the page's server: `{rows, about, ready, fresh}`; `fresh` counts rows that wait. */
export function useLive(topic) {
  return useTopic(useTopicName(topic), (known) => known?.view ?? NOTHING);
}

/** What is known of a topic of another server. */
export const useLiveOf = (server, topic) => useTopic(under(server, topic), (known) => known?.view ?? NOTHING);

/** As `useLive`; but what was known of one topic `of` something stands until the next one of it is known. */
export function useSteady(topic, of) {
  const view = useLive(topic);
  const name = useTopicName(of);
  const last = useRef(null);
  if (view.ready) last.current = { name, view };
  return !view.ready && last.current?.name === name ? last.current.view : view;
}

/** One row of a topic of the page's server, empty where there is none: other rows' changes draw nothing anew. */
export function useLiveRow(topic, id) {
  return useTopic(useTopicName(topic), (known) => known?.all.get(id) ?? NO_ROW, id);
}

const hear = (listener) => {
  heard.add(listener);
  return () => heard.delete(listener);
};
const isShown = ([name, topic]) => topic.readers.size > 0 && topic.known && !FRAME.test(name);
const anyShown = () => [...topics].some(isShown);

/** Whether the page shows anything that the server has told, be it old. */
export const useAnyShown = () => useSyncExternalStore(hear, anyShown, () => false);

const anyHeld = () => [...topics.values()].some((topic) => topic.shown !== null);

/** Whether rows stand still, because the viewer points at them or is down the page. */
export const useHeld = () => useSyncExternalStore(hear, anyHeld, () => false);

/** Mounted once above the pages: messages of every topic come in through one dispatcher. */
export function LiveProvider({ children }) {
  const dispatch = useContext(DispatchContext);
  const connected = useConsoleLink();
  const met = useRef(false); // the console was there once
  useEffect(holdLinks, []);
  useEffect(() => {
    setAway(met.current && !connected);
    if (met.current && !connected) return askWhileAway();
  }, [connected]);
  dispatch.live = (message) => {
    met.current = true;
    if (message.topic === ENDED) return signInAgain(message.server);
    topicOf(message.topic).receive(message);
    heard.forEach((listener) => listener());
  };
  return children;
}

/** Keeps rows where they are while the pointer is over them or the page is scrolled; new ones wait. */
export function LiveHold({ topic: of, children }) {
  const topic = useTopicName(of);
  useEffect(() => {
    const scrolled = () => topicOf(topic).hold(window.scrollY > 80);
    window.addEventListener("scroll", scrolled, { passive: true });
    return () => {
      window.removeEventListener("scroll", scrolled);
      topicOf(topic).hold(false);
    };
  }, [topic]);
  const hold = () => topicOf(topic).hold(true);
  const letGo = () => topicOf(topic).hold(window.scrollY > 80);
  const click = () => (topicOf(topic).clickedAt = Date.now());
  const hands = { onMouseEnter: hold, onMouseLeave: letGo, onClickCapture: click };
  return createElement("div", { ...hands, "data-topic": topic }, children);
}

/** The pill "12 new": shows the rows that waited. */
export function Fresh({ topic: of }) {
  const topic = useTopicName(of);
  const { fresh } = useLive(of);
  const release = () => {
    window.scrollTo({ top: 0 });
    topicOf(topic).hold(false);
  };
  const pill = createElement("button", { type: "button", className: "plain pill", onClick: release }, `${fresh} new`);
  return createElement("span", { role: "status" }, fresh ? pill : null);
}

/** Says when nobody has looked at this tab for a while, and when somebody does again. */
export function Presence({ onHide, onShow }) {
  const verbs = useRef({});
  verbs.current = { onHide, onShow };
  useEffect(() => {
    let away = false;
    let timer = null;
    const leave = () => {
      timer = null;
      away = true;
      verbs.current.onHide();
    };
    const wait = () => (timer ??= setTimeout(leave, HIDDEN_MS));
    const turned = () => {
      if (document.hidden) return wait();
      clearTimeout(timer);
      timer = null;
      if (away) verbs.current.onShow();
      away = false;
    };
    // A tab that reconnects while it is hidden opens its page anew, and hears again what nobody sees.
    const listen = () => away && document.hidden && wait();
    document.addEventListener("visibilitychange", turned);
    heard.add(listen);
    turned();
    return () => {
      document.removeEventListener("visibilitychange", turned);
      heard.delete(listen);
      clearTimeout(timer);
    };
  }, []);
  return null;
}

/** Whether the viewer may do this on the page's server. Where people sign in it is not known at once. */
export function useMay(act) {
  const { about, ready } = useLive("link");
  return ready ? (about.may?.includes(act) ?? true) : !signsIn();
}

// The first page is drawn once where there is no browser.
const signsIn = () => globalThis.document?.cookie.includes("ratchet-web-signed-in=");

/** Whether the browser is connected to the console itself. */
export function useConsoleLink() {
  const [, errors] = useContext(EventLoopContext);
  return errors.length === 0;
}
