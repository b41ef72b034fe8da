"""The form that runs a task (assets/run_form.jsx)."""

from typing import Any

import reflex as rx
from reflex.vars import Var

from ratchet_web.components.code_editor import CODEMIRROR
from ratchet_web.components.schema_form import RJSF


def _submitted(text: Var[str], options: Var[dict[str, str]]) -> tuple[Var[str], Var[dict[str, str]]]:
    return text, options


class RunForm(rx.Component):
    """A schema form (props as in `schema_form`) with what a run has besides its input.

    `on_submit(text, options)` gets the input as JSON text, and as texts, empty where nothing was chosen:
    `priority`, `scheduled_for` (RFC 3339), `max_retries`, and `attempt`, the name of this press.
    `on_recent` asks for `recent`: `[{id, text, preview, status, at}]`; `recent_state` is `loading`, or why
    there are none.
    """

    library = "$/public/run_form.jsx"
    tag = "RunForm"
    lib_dependencies: list[str] = [*RJSF, *CODEMIRROR]
    schema: Var[Any]
    form_key: Var[str]
    draft_key: Var[str]
    saved_key: Var[str]
    submit_label: Var[str]
    errors: Var[Any]
    busy: Var[bool]
    recent: Var[Any]
    recent_state: Var[str]
    recent_off: Var[bool]
    on_recent: rx.EventHandler[rx.event.no_args_event_spec]
    on_submit: rx.EventHandler[_submitted]


class RunDialogForm(RunForm):
    """A `RunForm` whose file comes when it is shown (assets/run_dialog.jsx)."""

    library = "$/public/run_dialog.jsx"
    tag = "RunDialogForm"


def _valid(text: Var[str]) -> tuple[Var[str]]:
    return (text,)


class SchemaForm(rx.Component):
    """A schema form and nothing else (assets/schema_form.jsx)."""

    library = "$/public/schema_form.jsx"
    tag = "SchemaForm"
    lib_dependencies: list[str] = [*RJSF, *CODEMIRROR]
    schema: Var[Any]
    initial: Var[Any]
    form_key: Var[str]
    draft_key: Var[str]
    saved_key: Var[str]
    submit_label: Var[str]
    errors: Var[Any]
    busy: Var[bool]
    on_submit: rx.EventHandler[_valid]


schema_form = SchemaForm.create
