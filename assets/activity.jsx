// What tasks did of late, small enough for a row of a table: bars by the hour, and a strip of single runs.
import "./activity.css";
import { inWords } from "./durations.js";

const WIDTH = 4;
const HEIGHT = 18;

/** `99.9 %`: what is not all of them never looks like it. */
const percent = (rate) => (rate === 100 || rate === 0 ? `${rate} %` : `${Math.min(99.9, Math.max(0.1, Math.floor(rate * 10) / 10))} %`);

/** The last 24 hours of a task: bars, how many of its runs went well, and how long nearly all of them took. */
export function Day({ day }) {
  if (day?.completed == null) return <span className="dim">–</span>;
  const { completed, failed, cancelled, success_rate: rate, duration_ms: times, hours } = day;
  if (!completed && !failed && !cancelled) return <span className="dim">no runs</span>;
  return (
    <span className="day">
      <Bars completed={hours.completed} failed={hours.failed} label={`By the hour: ${completed} completed, ${failed} failed`} />
      <span className="under">
        <span className={rate < 95 ? "rate bad" : "rate"} title={`${completed} completed, ${failed} failed, ${cancelled} cancelled in 24 hours`}>
          {rate == null ? "–" : percent(rate)}
        </span>
        <span className="dim" title="95 % of the runs took no longer"> · p95 {inWords(times.p95)}</span>
      </span>
    </span>
  );
}

/** A bar for each hour: what failed below, what was completed above; an hour without runs is a thin line. */
function Bars({ completed, failed, label }) {
  const most = Math.max(1, ...completed.map((n, i) => n + failed[i]));
  // One failure among thousands of runs can still be seen.
  const px = (n) => (n ? Math.max(2, (n / most) * HEIGHT) : 0);
  const bar = (i, y, height, kind) => height > 0 && <rect key={kind + i} className={kind} x={i * WIDTH} y={y} width={WIDTH - 1} height={height} />;
  return (
    <svg className="bars" role="img" aria-label={label} width={completed.length * WIDTH} height={HEIGHT} viewBox={`0 0 ${completed.length * WIDTH} ${HEIGHT}`}>
      <title>{label}</title>
      {completed.flatMap((n, i) => {
        const low = px(failed[i]);
        const high = Math.min(px(n), HEIGHT - low);
        const none = !n && !failed[i];
        return [none && bar(i, HEIGHT - 1, 1, "none"), bar(i, HEIGHT - low, low, "bad"), bar(i, HEIGHT - low - high, high, "ok")];
      })}
    </svg>
  );
}
