"""Forms of jobs (assets/jobs_edit.jsx)."""

from typing import Any

import reflex as rx
from reflex.vars import Var

Texts = Var[dict[str, str]]


def _changed(change: Texts, base: Texts) -> tuple[Texts, Texts]:
    return change, base


class JobEditForm(rx.Component):
    """Changes a job while it waits. `job` is its row, `back` its page, `told` what came in between.

    `errors` are the server's, `[{field, message}]`. `on_save(change, base)` gets what was changed and what
    all of it was when the form was begun, as texts; an empty time means now.
    """

    library = "$/public/jobs_edit.jsx"
    tag = "JobEdit"
    job: Var[Any]
    back: Var[str]
    draft_key: Var[str]
    saved_key: Var[str]
    errors: Var[list[dict[str, str]]]
    told: Var[str]
    busy: Var[bool]
    on_save: rx.EventHandler[_changed]
