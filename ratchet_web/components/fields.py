"""Fields of a form that keep what was typed (assets/fields.jsx)."""

from typing import Any

import reflex as rx
from reflex.vars import Var


class TextField(rx.Component):
    """A labelled text field; `initial` is put in once for each `doc_key`."""

    library = "$/public/fields.jsx"
    tag = "TextField"
    name: Var[str]
    label: Var[str]
    hint: Var[str]
    initial: Var[str]
    doc_key: Var[str]
    draft_key: Var[str]
    saved_key: Var[str]
    multiline: Var[bool]
    error: Var[str]
    max_length: Var[int]
    required: Var[bool]


class ChoiceField(rx.Component):
    """One of `options`, `[{value, label, meaning}]` (assets/choice_field.jsx)."""

    library = "$/public/choice_field.jsx"
    tag = "ChoiceField"
    name: Var[str]
    label: Var[str]
    options: Var[Any]
    initial: Var[str]
    doc_key: Var[str]
    draft_key: Var[str]
    saved_key: Var[str]
    error: Var[str]


text_field, choice_field = TextField.create, ChoiceField.create
