"""The form that mends the input of a failed execution."""

from typing import Any

import reflex as rx
from reflex.vars import Var

from ratchet_web.components.code_editor import CODEMIRROR
from ratchet_web.components.diff import DIFF
from ratchet_web.components.schema_form import RJSF


class RerunForm(rx.Component):
    """A schema form beside what differs from `initial` (assets/rerun_form.jsx); props as in `schema_form`."""

    library = "$/public/rerun_form.jsx"
    tag = "RerunForm"
    lib_dependencies: list[str] = [*RJSF, *CODEMIRROR, *DIFF]
    schema: Var[Any]
    initial: Var[Any]
    form_key: Var[str]
    draft_key: Var[str]
    saved_key: Var[str]
    submit_label: Var[str]
    label: Var[str]
    errors: Var[Any]
    busy: Var[bool]
    on_submit: rx.EventHandler[rx.event.passthrough_event_spec(str)]


rerun_form = RerunForm.create
