// The rows of a comparison. Loaded on its own: it brings npm's `diff`.
import { Fragment, memo, useMemo, useState } from "react";
import { diffArrays, diffWordsWithSpace } from "diff";
import { MOST_DRAWN, countsOf, rowsOf, stretchesOf, wordsOf } from "./diff_lines.js";

// A button shows so many more lines: thousands at once would hold up the page.
const AT_ONCE = 500;

const lines = (n) => `${n.toLocaleString("en")} ${n === 1 ? "line" : "lines"}`;

export function Comparison({ before, after, beforeLabel, afterLabel, side, head }) {
  const rows = useMemo(() => rowsOf(before, after, diffArrays), [before, after]);
  const { removed, added } = useMemo(() => countsOf(rows), [rows]);
  const same = removed + added === 0;
  const equal = before === after ? "No difference" : "Only the last line break differs";
  const told = same ? equal : `${lines(removed)} removed, ${lines(added)} added`;
  return (
    <>
      {head(told)}
      {!same && (
        <table data-side={side ? "" : undefined}>
          <thead>
            <tr>
              <Numbering />
              {side && <th scope="col">{beforeLabel}</th>}
              <Numbering />
              <th scope="col">{side ? afterLabel : `${beforeLabel} → ${afterLabel}`}</th>
            </tr>
          </thead>
          <Body rows={rows} side={side} />
        </table>
      )}
    </>
  );
}

const Numbering = () => <th scope="col" className="diff-number"><span className="visually-hidden">Line</span></th>;

function Body({ rows, side }) {
  const stretches = useMemo(() => stretchesOf(rows), [rows]);
  const [shown, setShown] = useState({ rows, of: {} });
  const of = shown.rows === rows ? shown.of : {};
  const more = (from, now) => setShown({ rows, of: { ...of, [from]: now + AT_ONCE } });
  return (
    <tbody>
      {stretches.map(({ from, to, folded }) => {
        const now = Math.min(to - from, of[from] ?? (folded ? 0 : AT_ONCE));
        const left = to - from - now;
        return (
          <Fragment key={from}>
            {rows.slice(from, from + now).map((row, i) => <Row key={from + i} row={row} side={side} />)}
            {left > 0 && (
              <tr>
                <td colSpan={side ? 4 : 3} className="diff-fold">
                  <button type="button" onClick={() => more(from, now)}>
                    Show {left > AT_ONCE ? `${AT_ONCE} of ` : ""}{lines(left).replace(" ", folded ? " unchanged " : " more ")}
                  </button>
                </td>
              </tr>
            )}
          </Fragment>
        );
      })}
    </tbody>
  );
}

const Row = memo(function Row({ row, side }) {
  const words = useMemo(() => (row.kind === "changed" ? wordsOf(row.a, row.b, diffWordsWithSpace) : null), [row]);
  const gone = row.a !== undefined && <Text kind="removed" of={row} text={row.a} pieces={words?.a} />;
  const come = row.b !== undefined && <Text kind="added" of={row} text={row.b} pieces={words?.b} />;
  if (row.kind === "same") {
    return (
      <tr>
        <Number n={row.left} />
        {side && come}
        <Number n={row.right} />
        {come}
      </tr>
    );
  }
  if (side) return <tr><Number n={row.left} />{gone || <Nothing />}<Number n={row.right} />{come || <Nothing />}</tr>;
  return (
    <>
      {gone && <tr><Number n={row.left} /><Number />{gone}</tr>}
      {come && <tr><Number /><Number n={row.right} />{come}</tr>}
    </>
  );
});

const Number = ({ n }) => <td className="diff-number">{n}</td>;
const Nothing = () => <td className="diff-nothing" />;
const SIGNS = { removed: ["−", "Removed: "], added: ["+", "Added: "] };

/** One line. What happened to it is said in words too: neither colour nor a sign is read aloud for sure. */
function Text({ kind, of, text, pieces }) {
  if (of.kind === "same") return <td className="diff-text">{drawn(text)}</td>;
  const [sign, word] = SIGNS[kind];
  const Mark = kind === "removed" ? "del" : "ins";
  return (
    <td className="diff-text" data-kind={kind} data-sign={sign}>
      <span className="visually-hidden">{word}</span>
      {pieces ? pieces.map((piece, i) => (piece.marked ? <Mark key={i}>{drawn(piece.text)}</Mark> : drawn(piece.text))) : drawn(text)}
    </td>
  );
}

/** A line as it is drawn: bounded, and with its carriage returns to be seen. */
const drawn = (text) => (text.length > MOST_DRAWN ? `${text.slice(0, MOST_DRAWN)}… (${(text.length - MOST_DRAWN).toLocaleString("en")} more characters)` : text).replaceAll("\r", "␍");
