"""A JSON Schema as fields or as JSON (assets/schema_editor.jsx)."""

from typing import Any

import reflex as rx
from reflex.vars import Var

from ratchet_web.components.code_editor import CODEMIRROR


class SchemaEditor(rx.Component):
    """The editor of a schema's text, in two tabs: what the fields do not know stays in the text as it is."""

    library = "$/public/schema_editor.jsx"
    tag = "SchemaEditor"
    lib_dependencies: list[str] = CODEMIRROR
    value: Var[str]
    doc_key: Var[str]
    label: Var[str]
    height: Var[int | str]
    problems: Var[Any]
    draft_key: Var[str]
    saved_key: Var[str]
    name: Var[str]
    on_change: rx.EventHandler[rx.event.passthrough_event_spec(str)]


def schema_editor(value: Var[str] | str, doc_key: Var[str] | str, **props: Any) -> rx.Component:
    """Return an editor of the schema `doc_key`, which begins as `value`; the rest as in `code_editor`."""
    return SchemaEditor.create(value=value, doc_key=doc_key, **props)
