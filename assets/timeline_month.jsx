// The month of the schedules: for each day by the viewer's clock how much ran, how much failed, how much is due.
import { useMemo } from "react";
import { PageLink } from "./server.jsx";
import { Notes, Nothing, Skeleton, Trouble } from "./timeline.jsx";
import { useTimeline } from "./timeline_data.js";
import { daysOf, monthAway, wantedForDays } from "./timeline_time.js";
import { monthOf, weeksOf } from "./timeline_days.js";

const NAMES = 3;
const number = (n) => n.toLocaleString("en");

export function Month({ view, href, bar }) {
  const now = Date.now() / 1000;
  const at = monthAway(view.from ?? now, 0);
  const days = useMemo(() => daysOf(at), [at]);
  const wanted = useMemo(() => wantedForDays(days), [days]);
  const { answers, error, busy, retry } = useTimeline(wanted);
  const title = new Date(at * 1000).toLocaleDateString("en", { month: "long", year: "numeric" });
  const known = answers && answers.length === wanted.length && answers[0].start === days[0].from;
  const month = useMemo(() => (known ? monthOf(days, answers) : null), [known, days, answers]);
  const controls = (
    <span className="steps">
      <PageLink className="plain icon-button step" to={href({ from: monthAway(at, -1) })} aria-label="The month before" title="The month before">‹</PageLink>
      <PageLink className="button" to={href({ from: null })} aria-current={view.from == null ? "true" : undefined}>Now</PageLink>
      <PageLink className="plain icon-button step" to={href({ from: monthAway(at, 1) })} aria-label="The month after" title="The month after">›</PageLink>
      <h2 aria-live="polite">{title}</h2>
    </span>
  );
  const empty = known && !answers[0].lanes.length;
  return (
    <>
      {bar(controls)}
      {error && <Trouble error={error} known={Boolean(month)} retry={retry} />}
      {!month && !error && <Skeleton />}
      {empty && <Nothing />}
      {month && !empty && (
        <div className={error ? "stale" : undefined} aria-busy={busy || undefined}>
          <Notes answer={answers[0]} />
          <div className="card spaced month"><Days {...{ month, title, now, href, past: !answers.some((each) => each.past) }} /></div>
        </div>
      )}
    </>
  );
}

function Days({ month, title, now, href, past }) {
  const { names, weeks } = weeksOf(month);
  return (
    <table aria-label={`Runs by day, ${title}`}>
      <thead><tr>{names.map((name) => <th key={name} scope="col">{name}</th>)}</tr></thead>
      <tbody>
        {weeks.map((week, row) => (
          <tr key={row}>
            {week.map((day, column) => (day ? <Day key={day.from} {...{ day, now, href, past }} /> : <td key={`none ${column}`} className="none" />))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Day({ day, now, href, past }) {
  const { from, to, ran, failed, due, lanes } = day;
  const date = new Date(from * 1000);
  const whole = date.toLocaleDateString("en", { weekday: "long", month: "long", day: "numeric" });
  const today = from <= now && now < to;
  return (
    <td data-today={today || undefined} data-idle={!ran && !due ? "" : undefined}>
      <PageLink to={href({ view: "timeline", from, span: 86_400 })} aria-label={`${whole}, on the timeline`} aria-current={today ? "date" : undefined}>
        <span className="day-number">{date.getDate()}</span>
        <span className="day-name" aria-hidden="true">{date.toLocaleDateString("en", { weekday: "short" })}</span>
      </PageLink>
      {past && ran > 0 && <p>{number(ran)} ran{failed > 0 && <span className="bad">, ✕ {number(failed)} failed</span>}</p>}
      {due > 0 && <p className="due">{number(due)} to come</p>}
      {lanes.length > 0 && (
        <ul className="dim names" aria-label="Schedules">
          {lanes.slice(0, NAMES).map((name) => <li key={name}>{name}</li>)}
          {lanes.length > NAMES && <li>and {number(lanes.length - NAMES)} more</li>}
        </ul>
      )}
    </td>
  );
}
