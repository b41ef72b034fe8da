"""A form made from a JSON schema."""

from typing import Any

import reflex as rx
from reflex.vars import Var

from ratchet_web.components.code_editor import CODEMIRROR

# core and utils are newer than antd on the registry: all three must be of one version.
RJSF = ["@rjsf/antd@6.10.1", "@rjsf/core@6.10.1", "@rjsf/utils@6.10.1", "@cfworker/json-schema@4.1.6"]


class SchemaForm(rx.Component):
    """The browser's schema form, `assets/schema_form.jsx`; its fields arrive after the first paint."""

    library = "$/public/schema_form.jsx"
    tag = "SchemaForm"
    lib_dependencies: list[str] = [*RJSF, *CODEMIRROR]
    # `schema` and `initial` are JSON: anything that a task may declare or take.
    schema: Var[Any]
    initial: Var[Any]
    form_key: Var[str]
    submit_label: Var[str]
    label: Var[str]
    errors: Var[Any]
    busy: Var[bool]
    draft_key: Var[str]
    saved_key: Var[str]
    on_submit: rx.EventHandler[rx.event.passthrough_event_spec(str)]
    on_draft_restored: rx.EventHandler[rx.event.no_args_event_spec]


def schema_form(
    schema: Var[Any] | dict[str, Any] | bool | None, form_key: Var[str] | str, **props: Any
) -> rx.Component:
    """Return a form for a value of `schema` beside the same value as JSON; without a usable schema only JSON.

    `on_submit(text)` gets the value as JSON text once it is valid. The form begins anew only when `form_key`
    becomes another, non-empty one. Further props:
    `initial` (the value to begin with; None: the schema's defaults), `submit_label`, `label`,
    `busy` (a submit is under way), `errors` (the server's, `[{field, message}]`: a dotted path such as
    `input.amount` is shown at its field, anything else above the button; a new list for each answer),
    `draft_key`, `saved_key`, `on_draft_restored` as in `code_editor`.
    """
    return SchemaForm.create(schema=schema, form_key=form_key, **props)
