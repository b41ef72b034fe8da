"""Fields of a form that keep what was typed (assets/fields.jsx)."""

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


text_field = TextField.create
