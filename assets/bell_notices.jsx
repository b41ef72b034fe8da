// Follows what this tab started: one topic for each server, and a word when something of it is over.
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { createPortal } from "react-dom";
import { pathOf } from "./base.js";
import { Ago } from "./clock.jsx";
import { keepText, keptText } from "./keeping.js";
import { useConsoleLink, useLive, useLiveOf } from "./live.js";
import { PageLink, useServer } from "./server.jsx";
import { withServer } from "./server_address.js";
import { called, endedOf, pageOf, stateOf, told as words, topicsOf, wentWell, withStarted, withTold } from "./started.js";

const NOTIFY = "ratchet.notify";
const STAY_MS = 8000;
const CHECK = "M3 8.5l3 3 7-7";
const CROSS = "M4 4l8 8M12 4l-8 8";

const useStarted = (store) => useSyncExternalStore(store.follow, store.read, store.read);

function change(store, make) {
  const before = store.read();
  const after = make(before);
  if (after !== before) store.write(after);
}
const mayNotify = () => "Notification" in globalThis && Notification.permission === "granted" && keptText(NOTIFY) === "1";
/** Whether somebody looks at the page of a row right now. */
const isSeen = (server) => (each) => !document.hidden && server === each.server && pathOf(location) === `/${each.row}`;

/** Mounted once something was started. */
export function Follower({ store, items, onFollow, named }) {
  const { about, ready } = useLive("link");
  const connected = useConsoleLink();
  const who = about.account?.name ?? named ?? "";
  const { open } = useStarted(store);
  const [news, setNews] = useState([]);
  useEffect(() => {
    if (ready) change(store, (state) => withStarted(stateOf(state, who), items));
  }, [items, ready, who]);
  const topics = topicsOf(open);
  const wanted = JSON.stringify(topics);
  const asked = useRef("{}");
  useEffect(() => {
    // A console that was started again has to be told anew.
    if (!connected) asked.current = "{}";
    else if (ready && asked.current !== wanted) {
      asked.current = wanted;
      onFollow(topics);
    }
  }, [connected, ready, wanted]);
  return (
    <>
      {Object.entries(topics).map(([server, topic]) => <Watched key={`${server} ${topic}`} store={store} server={server} topic={topic} onNews={setNews} />)}
      <Title store={store} />
      <Toasts store={store} news={news} onGone={() => setNews([])} />
    </>
  );
}

function Watched({ store, server, topic, onNews }) {
  const { rows } = useLiveOf(server, topic);
  const here = useServer();
  // What was known before this was asked for may be of an earlier start of the same row.
  const [stale] = useState(rows);
  useEffect(() => {
    const news = rows === stale ? [] : endedOf(store.read(), server, rows, Date.now(), isSeen(here));
    if (!news.length) return;
    change(store, (state) => withTold(state, news));
    const unread = news.filter((each) => !each.read);
    if (unread.length) onNews(unread);
    if (document.hidden && mayNotify()) unread.forEach(notify);
  }, [rows]);
  return null;
}

function notify(each) {
  const shown = new Notification(words(each), { tag: each.key });
  shown.onclick = () => {
    focus();
    shown.close();
  };
}

/** A hidden tab says in its title that there is something to read. */
function Title({ store }) {
  const { told } = useStarted(store);
  const unread = told.filter((each) => !each.read).length;
  useEffect(() => {
    const put = () => {
      const text = document.querySelector("title")?.firstChild;
      if (!text) return;
      const plain = text.nodeValue.replace(/^\(\d+\) /, "");
      const wanted = document.hidden && unread ? `(${unread}) ${plain}` : plain;
      if (text.nodeValue !== wanted) text.nodeValue = wanted;
    };
    put();
    document.addEventListener("visibilitychange", put);
    return () => document.removeEventListener("visibilitychange", put);
  }, [unread]);
  return null;
}

/** Said once, politely; what went wrong stays until it is dismissed. */
function Toasts({ store, news: all, onGone }) {
  const { told } = useStarted(store);
  const news = all.filter(({ key }) => told.some((each) => each.key === key && !each.read));
  const place = document.querySelector(".toasts");
  const good = news.every(wentWell);
  useEffect(() => {
    if (!news.length || !good) return undefined;
    const timer = setTimeout(onGone, STAY_MS);
    return () => clearTimeout(timer);
  }, [all, good]);
  const text = news.length > 1 ? `${news.length} things that you started have ended` : news.length ? words(news[0]) : "";
  const shown = (
    <div className="toast" data-kind={good ? "ok" : "warn"}>
      <span>{text} {news.length === 1 && <Open each={news[0]} onOpen={onGone} />}</span>
      <button type="button" className="plain dim" aria-label="Dismiss" onClick={onGone}>✕</button>
    </div>
  );
  return (
    <>
      <p className="visually-hidden" role="status">{text}</p>
      {text && place && createPortal(shown, place)}
    </>
  );
}

function Open({ each, onOpen, children = "Open" }) {
  return <PageLink to={withServer(pageOf(each), each.server)} onClick={onOpen}>{children}</PageLink>;
}

/** What is behind the bell; opening it reads all. */
export function Notices({ store, onClose }) {
  const { told, open } = useStarted(store);
  const { may } = useLive("link").about;
  const none = !told.length && !open.length && may && !may.includes("run_task");
  const [fresh] = useState(() => new Set(told.filter((each) => !each.read).map((each) => each.key)));
  useEffect(() => change(store, (state) => state.told.every((each) => each.read) ? state : { ...state, told: state.told.map((each) => ({ ...each, read: true })) }), [told]);
  if (none) return <p className="dim">Your role on this server does not allow you to start anything: there is nothing to tell of.</p>;
  return (
    <div className="stack">
      {!told.length && !open.length && <p className="dim">What you start in this tab shows up here when it ends.</p>}
      {told.length > 0 && (
        <ul aria-label="Ended">
          {told.map((each) => (
            <li key={each.key} data-fresh={fresh.has(each.key) || undefined}>
              <svg viewBox="0 0 16 16" className={wentWell(each) ? "icon ok" : "icon bad"} aria-hidden="true"><path d={wentWell(each) ? CHECK : CROSS} /></svg>
              <span><Open each={each} onOpen={onClose}>{words(each)}</Open> <span className="dim"><Ago at={new Date(each.at).toISOString()} /></span></span>
            </li>
          ))}
        </ul>
      )}
      {open.length > 0 && <p className="dim">Not finished yet: {open.map((each, n) => <span key={each.key}>{n > 0 && ", "}<Open each={{ ...each, name: "" }} onOpen={onClose}>{called(each)}</Open></span>)}</p>}
      <div className="row">
        <NotifyMe />
        {told.length > 0 && <button type="button" className="button" onClick={() => change(store, (state) => ({ ...state, told: [] }))}>Clear</button>}
      </div>
    </div>
  );
}

/** Notifications of the browser, for a tab that nobody looks at; it is asked by a press alone. */
function NotifyMe() {
  const known = "Notification" in globalThis;
  const [on, setOn] = useState(mayNotify);
  const [refused, setRefused] = useState(known && Notification.permission === "denied");
  if (!known || refused) return <span className="dim">This browser shows no notifications of this console.</span>;
  const press = async () => {
    const granted = !on && (await Notification.requestPermission()) === "granted";
    keepText(NOTIFY, granted ? "1" : "0");
    setOn(granted);
    setRefused(Notification.permission === "denied");
  };
  return <button type="button" className="button" aria-pressed={on} title="A notification of the browser, while nobody looks at this tab" onClick={press}>{on ? "Notified by the browser" : "Notify me"}</button>;
}
