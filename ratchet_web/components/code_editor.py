"""The editor for task sources, schemas and other JSON."""

from typing import Any, Literal

import reflex as rx
from reflex.vars import Var

CODEMIRROR = [
    "@codemirror/commands@6.11.1",
    "@codemirror/lang-javascript@6.2.5",
    "@codemirror/lang-json@6.0.2",
    "@codemirror/language@6.13.1",
    "@codemirror/lint@6.9.8",
    "@codemirror/search@6.7.2",
    "@codemirror/state@6.7.6",
    "@codemirror/view@6.43.15",
    "@lezer/highlight@1.2.5",
]

Language = Literal["javascript", "json"]


class CodeEditor(rx.Component):
    """The browser's code editor, `assets/code_editor.jsx`; CodeMirror arrives after the first paint."""

    library = "$/public/code_editor.jsx"
    tag = "CodeEditor"
    lib_dependencies: list[str] = CODEMIRROR
    value: Var[str]
    doc_key: Var[str]
    language: Var[str]
    label: Var[str]
    height: Var[int | str]
    read_only: Var[bool]
    problems: Var[Any]
    draft_key: Var[str]
    saved_key: Var[str]
    name: Var[str]
    on_change: rx.EventHandler[rx.event.passthrough_event_spec(str)]
    on_draft_restored: rx.EventHandler[rx.event.no_args_event_spec]


def code_editor(
    value: Var[str] | str, doc_key: Var[str] | str, *, language: Language, label: str, **props: Any
) -> rx.Component:
    """Return an editor of the document `doc_key`, which begins as `value`.

    The text belongs to the editor: `value` replaces it only when `doc_key` becomes another, non-empty one.
    Choose a key that a restarted backend gives again (the id of a row, not a counter of a state).

    `label` names the editor to screen readers. Further props:
    `height` (px or a CSS length, 320), `read_only`,
    `problems` (`[{line, column, message}]`, from 1, or `[{path, message}]` with the dotted path of a value of
    the JSON; JSON reports its own syntax besides),
    `on_change(text)` (300 ms after the last input, at once when the editor is left),
    `draft_key` (keeps unsaved text over a reload, then calls `on_draft_restored()` and `on_change(text)`),
    `saved_key` (when it changes the text counts as saved and the draft is dropped),
    `name` (the text is also a field of the surrounding form).
    """
    return CodeEditor.create(value=value, doc_key=doc_key, language=language, label=label, **props)
