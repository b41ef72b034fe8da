"""`/tasks/[task_id]/run-many`: one job for each row of a table."""

import reflex as rx

from ratchet_web.components.abilities import Ability, unless_lacking
from ratchet_web.components.live import Live
from ratchet_web.components.parts import title_bar, to
from ratchet_web.components.run_many import RunMany
from ratchet_web.pages.acts import Act, if_may, unfit
from ratchet_web.pages.details import detail_page
from ratchet_web.state.tasks_rows import TaskRows


def page() -> rx.Component:
    """Return the page."""
    live = Live(TaskRows.topic)
    row = live.row
    task = "/tasks/" + TaskRows.id
    disabled = rx.el.div(
        rx.el.p("This task is disabled. ", to("Enable it on its page", href=task), " to run it."),
        class_name="notice",
        custom_attrs={"data-kind": "warn"},
    )
    rows = RunMany.create(
        task=TaskRows.id,
        schema=row["input_schema_text"].to(str),
        errors=TaskRows.errors,
        busy=TaskRows.busy,
        on_queue=TaskRows.queue.temporal,
    )
    part = unless_lacking(Ability.INPUT, rx.cond(row["enabled"], rows, disabled), "Inputs are lost")
    return detail_page(
        live,
        "task",
        title_bar(rx.el.span("Run ", to(row["name"].to(str), href=task), " many times", class_name="said")),
        rx.el.p("Each row becomes a job of the queue, with the row as its input.", class_name="dim"),
        if_may(Act.RUN_TASK, part, unfit("run tasks")),
    )
