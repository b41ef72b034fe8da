// Saved views: names for addresses of a list, kept by the browser for each server.
import { useId, useState } from "react";
import { useLocation } from "react-router";
import { Arrow, Dropdown } from "./dropdown.jsx";
import { keep, kept } from "./keeping.js";
import { PageLink, useServer } from "./server.jsx";
import { added, readable, renamed, viewed, without } from "./views.js";

const KEEPS_NOTHING = "This browser keeps nothing: the view is gone when the page is closed.";

/** `given`: `{name, search}`, the views that everybody has. */
export function Views({ list, given }) {
  const kind = `ratchet.views.${list}.${useServer()}`;
  // Another server has others.
  return <ViewsOf key={kind} kind={kind} given={given} />;
}

function ViewsOf({ kind, given }) {
  const { search } = useLocation();
  const [views, setViews] = useState(() => readable(kept(kind, [])));
  const [notice, setNotice] = useState("");
  const now = viewed(search);
  const current = [...views, ...given].find((view) => viewed(view.search) === now && now);
  const put = ({ views: next, error }) => {
    if (!next) return error;
    setNotice(keep(kind, next) ? "" : KEEPS_NOTHING);
    setViews(next);
    return "";
  };
  const face = <>{current ? current.name : "Views"}<Arrow /></>;
  return (
    <Dropdown label="Saved views" face={face} kind={current ? "button pick on" : "button pick"}>
      {(close) => (
        <div className="stack views">
          <ul aria-label="Views">
            {given.map((view) => <li key={view.name}><ViewLink view={view} now={now} close={close} /></li>)}
            {views.map((view) => (
              <OwnView
                key={view.name} view={view} now={now} close={close} rename={(name) => put(renamed(views, view.name, name))}
                remove={() => put({ views: without(views, view.name) })}
              />
            ))}
          </ul>
          <Named label="Save what is shown as" action="Save" submit={(name) => put(added(views, name, search))} />
          {notice && <p className="dim hint" role="status">{notice}</p>}
        </div>
      )}
    </Dropdown>
  );
}

function ViewLink({ view, now, close }) {
  const { pathname } = useLocation();
  return (
    <PageLink to={pathname + view.search} onClick={close} aria-current={viewed(view.search) === now ? "page" : undefined}>
      {view.name}
    </PageLink>
  );
}

function OwnView({ view, now, close, rename, remove }) {
  const [naming, setNaming] = useState(false);
  if (naming) {
    const submit = (name) => {
      const error = rename(name);
      if (!error) setNaming(false);
      return error;
    };
    return <li><Named label={`New name of ${view.name}`} action="Rename" initial={view.name} submit={submit} /></li>;
  }
  return (
    <li>
      <ViewLink view={view} now={now} close={close} />
      <button type="button" className="plain link" aria-label={`Rename the view ${view.name}`} onClick={() => setNaming(true)}>Rename</button>
      <button type="button" className="plain link" aria-label={`Delete the view ${view.name}`} onClick={remove}>Delete</button>
    </li>
  );
}

function Named({ label, action, initial = "", submit }) {
  const id = useId();
  const [error, setError] = useState("");
  const send = (event) => {
    event.preventDefault();
    const box = event.currentTarget.elements.name;
    const wrong = submit(box.value);
    setError(wrong);
    if (wrong) box.focus();
    else box.value = "";
  };
  return (
    <form className="field" onSubmit={send}>
      <label className="label" htmlFor={id}>{label}</label>
      <span className="name-line">
        <input id={id} name="name" className="text-input" defaultValue={initial} autoComplete="off" autoFocus={Boolean(initial)} aria-invalid={Boolean(error)} />
        <button type="submit" className="button">{action}</button>
      </span>
      {error && <span className="error" role="alert">{error}</span>}
    </form>
  );
}
