"""`/executions/[execution_id]/rerun`: mend the input of a failed execution, and run it again."""

from typing import Any

import reflex as rx

from ratchet_web.components.abilities import Ability, lacking_note, note
from ratchet_web.components.diff import diff_view
from ratchet_web.components.live import Live
from ratchet_web.components.parts import current, empty_state, failure_notice, link_button, title_bar, to
from ratchet_web.components.rerun_form import rerun_form
from ratchet_web.components.status import status
from ratchet_web.pages.acts import Act, if_may, unfit
from ratchet_web.pages.details import detail_page
from ratchet_web.pages.executions_failure import edit_task
from ratchet_web.state.executions_rerun import ExecutionRerun as Rerun

Row = rx.Var[dict[str, Any]]


def _execution(id: Any) -> rx.Component:
    return to("execution ", id, href="/executions/" + id)


def _versions(task: Row) -> rx.Component:
    """Return the choice of what runs, and what changed in the source between the two."""
    base = "/executions/" + Rerun.id + "/rerun"
    newest = rx.fragment("Newest, revision ", task["revision"].to(str))
    same = rx.fragment("As it failed, revision ", Rerun.older["revision"].to(str))
    choice = rx.el.nav(
        _way(newest, base, Rerun.choice == "newest"),
        _way(same, base + "?version=same", Rerun.choice == "same"),
        class_name="segments",
        custom_attrs={"aria-label": "Version of the task"},
    )
    # The version is what people call it, and may stand still; the revision counts each change.
    revisions = (Rerun.older["revision"].to(str), " to ", task["revision"].to(str))
    changed = rx.el.details(
        rx.el.summary("What changed in the source since it failed, from revision ", *revisions),
        diff_view(
            Rerun.older["source_code"].to(str),
            task["source_code"].to(str),
            before_label="As it failed",
            after_label="Newest",
            label="Difference of the sources",
        ),
        class_name="stack-frames",
    )
    only = rx.el.p(
        "The task is still what it was when this failed",
        rx.cond(task["version"], rx.fragment(": version ", task["version"].to(str)), ""),
        ".",
        class_name="dim",
    )
    chosen = rx.el.div(rx.el.div(choice, class_name="row"), changed)
    unknown = lacking_note(Ability.VERSIONS)
    return rx.el.div(rx.cond(Rerun.older, chosen, only), unknown, class_name="spaced")


def _way(words: Any, href: Any, is_open: Any) -> rx.Component:
    return to(words, href=href, replace=True, custom_attrs={"aria-current": current(is_open)})


def _form() -> rx.Component:
    return rerun_form(
        schema=Rerun.input_schema,
        initial=Rerun.initial["value"],
        form_key=Rerun.form_key,
        draft_key=Rerun.draft_key,
        saved_key=Rerun.saved_key,
        submit_label="Run again",
        label="Input",
        errors=Rerun.errors,
        busy=Rerun.busy,
        on_submit=Rerun.submit.temporal,
    )


def _known(live: Live, task: Row) -> rx.Component:
    """Return the page of an execution that failed."""
    row, failure = live.row, live.about["failure"].to(dict[str, Any])
    again = rx.cond(
        row["retried_by"],
        note(rx.el.span("It was retried already, as ", _execution(row["retried_by"].to(str)), ".")),
    )
    disabled = rx.cond(
        task["id"].bool() & ~task["enabled"].bool(),
        note(rx.el.span("The task is disabled: enable it on ", _task(row), " to run it.")),
    )
    message = row["error_message"].to(str)
    source = rx.el.p("Is the source at fault? ", edit_task(row, failure))
    failed = rx.el.section(
        rx.el.h2(message),
        if_may(Act.EDIT_TASK, source),
        class_name="card pad failure",
        custom_attrs={"aria-label": "Error"},
    )
    too_large = note("Its input is too large to be edited here. It can still be retried as it was.")
    return rx.fragment(
        rx.cond(message, failed),
        again,
        disabled,
        _versions(task),
        rx.cond(Rerun.too_large, too_large, _form()),
    )


def _task(row: Row) -> rx.Component:
    return to("its page", href="/tasks/" + row["task_id"].to(str))


def _not_failed(row: Row) -> rx.Component:
    task = row["task_id"].to(str)
    run = rx.cond(row["task_id"], link_button("Run the task…", "/tasks/" + task + "?run=" + task))
    words = empty_state("It did not fail", "Only what failed can be fixed and run again.", run)
    return rx.el.div(words, class_name="card")


def _task_deleted() -> rx.Component:
    words = empty_state("Its task was deleted", "What it ran is no longer there to be run again.")
    return rx.el.div(words, class_name="card")


def page() -> rx.Component:
    """Return the page."""
    live, task = Live(Rerun.topic), Live(Rerun.task_topic).row
    row = live.row
    title = rx.fragment("Fix and re-run ", _execution(Rerun.id))
    name = row["task_name"].to(str)
    about = rx.cond(row["task_id"], to(name, href="/tasks/" + row["task_id"].to(str)), name)
    body = rx.cond(row["can_retry"], _known(live, task), _not_failed(row))
    body = rx.cond(row["task_deleted"], _task_deleted(), body)
    whole = rx.cond(Rerun.failure, failure_notice(Rerun.failure), body)
    return detail_page(
        live,
        "execution",
        title_bar(title, status(row["status"].to(str)), rx.el.span(rx.cond(name, about), class_name="dim")),
        if_may(Act.RETRY_EXECUTION, whole, unfit("run executions again")),
    )
