"""A task's source to read (assets/source_view.jsx); `#L12` in the address marks a line."""

import reflex as rx
from reflex.vars import Var

from ratchet_web.components.code_editor import CODEMIRROR


class SourceView(rx.Component):
    """A JavaScript source; another `doc_key` replaces it."""

    library = "$/public/source_view.jsx"
    tag = "SourceView"
    lib_dependencies: list[str] = CODEMIRROR
    text: Var[str]
    doc_key: Var[str]
    label: Var[str]
