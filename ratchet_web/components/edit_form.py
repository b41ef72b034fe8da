"""A form that nobody's work is lost in (assets/edit_form.jsx)."""

from typing import Any

import reflex as rx
from reflex.vars import Var

_LIBRARY = "$/public/edit_form.jsx"


def _fields(fields: Var[Any]) -> tuple[Var[dict[str, Any]]]:
    return (fields.to(dict[str, Any]),)


class EditForm(rx.Component):
    """Stands around the form of a document and asks whoever leaves it with something unsaved.

    What is written goes on from the document that it was begun with, until it is saved, or given up by the
    one who writes: `base` names what a change is made from, `latest` what it would be made from now.
    """

    library = _LIBRARY
    tag = "EditForm"
    doc_key: Var[str]
    draft_key: Var[str]
    saved_key: Var[str]
    saved_to: Var[str]
    base: Var[str]
    latest: Var[str]
    on_take: rx.EventHandler[rx.event.no_args_event_spec]
    on_compare: rx.EventHandler[_fields]


class BaseFields(rx.Component):
    """The fields `base` and `changed` of the form: what a change is made from, and what it is of."""

    library = _LIBRARY
    tag = "BaseFields"


class EditNotes(rx.Component):
    """What to know before writing on: what was restored, put aside, or changed by others."""

    library = _LIBRARY
    tag = "EditNotes"


class Unsaved(rx.Component):
    """Says beside the button why nothing was saved; each stumble leads to the first marked field."""

    library = _LIBRARY
    tag = "Unsaved"
    text: Var[str]
    stumbles: Var[int]


class ConflictChoices(rx.Component):
    """The ways out of a conflict with the version that `base` names."""

    library = _LIBRARY
    tag = "ConflictChoices"
    base: Var[str]
    on_go_on: rx.EventHandler[rx.event.no_args_event_spec]


edit_form = EditForm.create
