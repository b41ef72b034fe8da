"""Forms of jobs (assets/jobs_edit.jsx, assets/jobs_new.jsx)."""

from typing import Any

import reflex as rx
from reflex.vars import Var

from ratchet_web.components.run_form import RunForm

Texts = Var[dict[str, str]]


def _changed(change: Texts, base: Texts) -> tuple[Texts, Texts]:
    return change, base


class JobEditForm(rx.Component):
    """Changes a job while it waits. `job` is its row, `now` what can be changed of it, `back` its page.

    `work_off` says why its retry policy and its destinations stay, `test_off` why nothing can be tested.

    `told` is what came in between, and `latest` what the job is since. `errors` are the server's,
    `[{field, message}]`. `on_save(change, base)` gets what was changed and what all of it was when the form
    was begun, as texts; an empty time means now.
    """

    library = "$/public/jobs_edit.jsx"
    tag = "JobEdit"
    job: Var[Any]
    now: Var[Any]
    work_off: Var[str]
    test_off: Var[str]
    back: Var[str]
    draft_key: Var[str]
    saved_key: Var[str]
    errors: Var[list[dict[str, str]]]
    told: Var[str]
    latest: Var[dict[str, str]]
    busy: Var[bool]
    on_save: rx.EventHandler[_changed]


def _queued(
    text: Var[str], options: Var[dict[str, Any]], attempt: Var[str]
) -> tuple[Var[str], Var[dict[str, Any]], Var[str]]:
    return text, options, attempt


class JobForm(RunForm):
    """A form as `RunForm`, with all that a job may have; `policy_off` says why there is no retry policy.

    `test_off` says why no destination can be tested.

    `on_submit(text, options, attempt)` gets the input as JSON text, the job's other fields as the API takes
    them, and the name of this press.
    """

    library = "$/public/jobs_new.jsx"
    tag = "JobForm"
    policy_off: Var[str]
    test_off: Var[str]
    on_submit: rx.EventHandler[_queued]
