// CodeMirror 6 as we use it. Loaded on its own: everything here is heavy.
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, lintKeymap, linter } from "@codemirror/lint";
import { search, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState, StateEffect, StateField } from "@codemirror/state";
import { EditorView, drawSelection, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";
import { jsonPosition } from "./json_position.js";
import { jsonProblem } from "./json_problem.js";

const LINT_DELAY_MS = 300;

/**
 * An editor inside `parent`: `{setText, setProblems, setReadOnly, goTo, focus, destroy}`.
 * `onInput(read)` hears each change that a person makes, and may `read()` the text; `onProblems` gets `[{message, line, column}]`
 * whenever what is wrong with the text changes.
 */
export function createEditor({ parent, text, language, label, describedBy, checkJson, onInput, onBlur, onProblems }) {
  const writable = new Compartment();
  const extensions = [
    lineNumbers(),
    lintGutter(),
    history(),
    drawSelection(),
    indentOnInput(),
    bracketMatching(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    indentUnit.of("  "),
    EditorState.tabSize.of(2),
    syntaxHighlighting(classHighlighter),
    language,
    search({ top: true }),
    keymap.of([...searchKeymap, ...defaultKeymap, ...historyKeymap, ...lintKeymap, indentWithTab]),
    EditorView.contentAttributes.of({ "aria-label": label, "aria-describedby": describedBy, tabindex: "0" }),
    EditorView.domEventHandlers({ blur: onBlur }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) onInput(() => update.state.doc.toString());
    }),
    reported,
    linter((view) => diagnose(view, checkJson, onProblems), { delay: LINT_DELAY_MS, needsRefresh: hasReport }),
    writable.of([]),
  ];
  const view = new EditorView({ parent, state: EditorState.create({ doc: text, extensions }) });
  const lock = (on) => [EditorState.readOnly.of(on), EditorView.editable.of(!on)];

  return {
    /** Another document: what was typed before cannot be brought back by undo. */
    setText: (next) => view.setState(EditorState.create({ doc: next, extensions })),
    setReadOnly: (on) => view.dispatch({ effects: writable.reconfigure(lock(on)) }),
    setProblems: (problems) => view.dispatch({ effects: report.of(problems) }),
    goTo: ({ line, column }) => {
      const { from } = span(view.state.doc, line, column);
      view.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: "center" }) });
      view.focus();
    },
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}

const report = StateEffect.define();
const hasReport = (update) => update.transactions.some((change) => change.effects.some((effect) => effect.is(report)));

/** What the server found, moving along with the text around it. */
const reported = StateField.define({
  create: () => [],
  update(diagnostics, change) {
    for (const effect of change.effects) {
      if (effect.is(report)) return effect.value.map((problem) => diagnostic(change.newDoc, problem));
    }
    if (!change.docChanged) return diagnostics;
    return diagnostics.map((one) => ({ ...one, from: change.changes.mapPos(one.from), to: change.changes.mapPos(one.to) }));
  },
});

function diagnose(view, checkJson, onProblems) {
  const { doc } = view.state;
  const text = checkJson && doc.length ? doc.toString() : "";
  const own = text.trim() ? jsonProblem(text) : null;
  const found = own ? [diagnostic(doc, own), ...view.state.field(reported)] : view.state.field(reported);
  onProblems(found.map(({ from, message }) => {
    const line = doc.lineAt(from);
    return { message, line: line.number, column: from - line.from + 1 };
  }));
  return found;
}

function diagnostic(doc, { message, path, ...given }) {
  const { line, column } = path === undefined ? given : (jsonPosition(doc.toString(), path) ?? {});
  return { ...span(doc, line, column), severity: "error", message };
}

/** The word at a place, or the whole line where no column is known; places outside the text are moved into it. */
function span(doc, lineNumber, column) {
  const line = doc.line(Math.max(1, Math.min(lineNumber ?? 1, doc.lines)));
  if (!column) return { from: line.from, to: line.to };
  const from = Math.min(line.from + column - 1, line.to);
  const word = /^(?:[\w$]+|.)/.exec(doc.sliceString(from, line.to));
  return { from, to: from + (word ? word[0].length : 0) };
}
