// Which columns of a list somebody does not want to see: kept by the browser. The style sheet hides their
// cells, so that nothing is drawn anew.
import { useLayoutEffect, useState } from "react";
import { Dropdown } from "./dropdown.jsx";
import { kept, keep } from "./keeping.js";

/** `columns`: `{title, place, fold}`, `place` counted from the last; without one it cannot be hidden. */
export function Columns({ list, columns }) {
  const name = `ratchet.columns.${list}`;
  const [hidden, setHidden] = useState(() => kept(name, []));
  const places = columns.filter(({ title, place }) => place && hidden.includes(title)).map(({ place }) => place);
  const told = places.join(" ");

  useLayoutEffect(() => {
    document.documentElement.dataset.hide = told;
    return () => delete document.documentElement.dataset.hide;
  }, [told]);

  const turn = (title, shown) => {
    const next = shown ? hidden.filter((each) => each !== title) : [...hidden, title];
    keep(name, next);
    setHidden(next);
  };
  return (
    <Dropdown label="Columns" face={<Picture />} kind={`plain icon-button columns-button${told ? " on" : ""}`} title="Columns">
      {() => (
        <fieldset className="choices">
          <legend>Columns</legend>
          {columns.map(({ title, place, fold }) => (
            <label key={title} data-fold={fold ?? undefined}>
              <input type="checkbox" checked={!place || !hidden.includes(title)} disabled={!place} onChange={(event) => turn(title, event.target.checked)} />
              {title}
            </label>
          ))}
        </fieldset>
      )}
    </Dropdown>
  );
}

const Picture = () => (
  <>
    <span className="visually-hidden">Columns</span>
    <svg viewBox="0 0 16 16" className="icon" aria-hidden="true">
      <path d="M2.5 3h11v10h-11zM6.2 3v10M9.8 3v10" />
    </svg>
  </>
);
