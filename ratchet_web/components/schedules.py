"""What the pages of schedules draw in the browser: next runs, and the input of one that is written."""

from typing import Any

import reflex as rx
from reflex.vars import Var

from ratchet_web.components.code_editor import CODEMIRROR
from ratchet_web.components.diff import DIFF
from ratchet_web.components.schema_form import RJSF


class ScheduleRuns(rx.Component):
    """Runs, `[{at, local, offset, note, beside}]`, by the clock of `zone` and by the viewer's."""

    library = "$/public/schedule_runs.jsx"
    tag = "ScheduleRuns"
    runs: Var[Any]
    zone: Var[str]
    load: Var[str]
    empty: Var[str]


class NextRun(rx.Component):
    """How soon a schedule fires, or that it is overdue; by the clock of its zone in the tooltip."""

    library = "$/public/schedule_times.jsx"
    tag = "NextRun"
    at: Var[Any]
    zone: Var[str]
    empty: Var[str]


class ScheduleStatistics(rx.Component):
    """How the runs of a schedule went: `row` is that of the topic `strips/12`, `error` why there is none."""

    library = "$/public/schedule_activity.jsx"
    tag = "ScheduleStatistics"
    row: Var[Any]
    error: Var[str]


class ScheduleChanges(rx.Component):
    """Who changed what: rows of the topic `changes/12`."""

    library = "$/public/schedule_changes.jsx"
    tag = "ScheduleChanges"
    lib_dependencies: list[str] = DIFF
    rows: Var[Any]


class ScheduleInput(rx.Component):
    """A schema form (props as in `schema_form`) that is the field `input` of the form `form_id`."""

    library = "$/public/schedule_input.jsx"
    tag = "ScheduleInput"
    lib_dependencies: list[str] = [*RJSF, *CODEMIRROR]
    form_id: Var[str]
    task_id: Var[str]
    task_key: Var[str]
    schema: Var[Any]
    initial: Var[Any]
    saved_key: Var[str]
    errors: Var[Any]
    busy: Var[bool]


class ScheduleRetries(rx.Component):
    """The fields `max_retries` and `retry_policy` of a schedule's form (assets/schedule_work.jsx).

    `error` is of the number, `errors` of the policy, by the places of the API. `runs` are
    when the schedule fires next, by the clock of `zone`; `off` says why the server keeps no policy.
    """

    library = "$/public/schedule_work.jsx"
    tag = "ScheduleRetries"
    retries: Var[str]
    policy: Var[str]
    error: Var[str]
    errors: Var[Any]
    off: Var[str]
    runs: Var[Any]
    zone: Var[str]
    doc_key: Var[str]
    draft_key: Var[str]
    saved_key: Var[str]


class ScheduleDestinations(rx.Component):
    """The field `output_destinations`; `owner` is the schedule, `test_off` says why nothing can be tested."""

    library = "$/public/schedule_work.jsx"
    tag = "ScheduleDestinations"
    initial: Var[str]
    errors: Var[Any]
    owner: Var[str]
    test_off: Var[str]
    doc_key: Var[str]
    draft_key: Var[str]
    saved_key: Var[str]


schedule_runs, schedule_input = ScheduleRuns.create, ScheduleInput.create
schedule_retries, schedule_destinations = ScheduleRetries.create, ScheduleDestinations.create
