// How often something came of late, as bars: what they say is in the words beside them.
import "./executions.css";
import "./failures.css";

const BAR = 4;
const HEIGHT = 24;

/** Bars of `counts` as one path; nothing is a low line, so that the time it is of can be seen. */
export function barsOf(counts) {
  const most = Math.max(1, ...counts);
  return counts
    .map((n, at) => `M${at * BAR} ${HEIGHT}v-${n ? Math.max(3, Math.round((n / most) * HEIGHT)) : 1}h${BAR - 1}V${HEIGHT}z`)
    .join("");
}

/** `counts`: how often in each part of the time; `words` say the same. */
export function Trend({ counts, words, wide }) {
  if (!counts?.length) return <span className="dim">–</span>;
  return (
    <svg
      className={wide ? "trend wide" : "trend"} viewBox={`0 0 ${counts.length * BAR} ${HEIGHT}`} preserveAspectRatio="none"
      role="img" aria-label={words}
    >
      <title>{words}</title>
      <path d={barsOf(counts)} />
    </svg>
  );
}
