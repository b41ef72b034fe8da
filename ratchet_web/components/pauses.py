"""What is paused, wherever jobs appear: notices with who and why, marks, and the question (pauses.jsx)."""

from typing import Any

import reflex as rx
from reflex.vars import Var, VarData

from ratchet_web.components.icons import icon
from ratchet_web.components.live import Live, live_row
from ratchet_web.components.parts import to
from ratchet_web.components.times import ago
from ratchet_web.models.pauses import QUEUE_ROW, TOPIC

__all__ = [
    "QUEUE_ROW",
    "TOPIC",
    "PauseControl",
    "pause_of",
    "paused_mark",
    "paused_notice",
    "paused_tasks",
    "queue_pause",
    "task_pause",
]

Row = dict[str, Any]
NOBODY = "someone not signed in"


def _asked(task: Var[str], reason: Var[str]) -> tuple[Var[str], Var[str]]:
    return task, reason


class PauseControl(rx.Component):
    """The button that asks why before it pauses a task, or the queue where `task` is empty.

    `paused`: it is already, and the button is not there; `error`: why the server refused; `why`: why the
    button cannot be pressed.
    """

    library = "$/public/pauses.jsx"
    tag = "PauseControl"
    task: Var[str]
    name: Var[str]
    paused: Var[bool]
    draft_key: Var[str]
    error: Var[str]
    busy: Var[bool]
    why: Var[str]
    on_pause: rx.EventHandler[_asked]


def queue_pause() -> Var[Row]:
    """Return the pause of the queue, empty where it goes."""
    return live_row(Var.create(TOPIC), Var.create(QUEUE_ROW))


def task_pause(task: Var[str]) -> Var[Row]:
    """Return the pause of one task, empty where it goes."""
    return live_row(Var.create(TOPIC), task)


def pause_of(task: Var[str]) -> Var[Row]:
    """Return what holds the jobs of a task back: the queue's pause before its own, empty where neither is."""
    queue, own = queue_pause(), task_pause(task)
    data = VarData.merge(queue._get_all_var_data(), own._get_all_var_data())
    return Var(f"({queue!s}?.id ? {queue!s} : {own!s})", _var_type=Row, _var_data=data).to(Row)


def paused_notice(
    pause: Var[Row], words: Any, means: str, resume: rx.Component | None = None
) -> rx.Component:
    """Return the notice of one pause: what is paused, why, by whom and since when; nothing where none is."""
    of_queue = pause["scope"] == "QUEUE"
    notice = rx.el.section(
        icon("pause"),
        rx.el.div(
            rx.el.p(rx.el.b(words), " · ", pause["reason"].to(str)),
            rx.el.p("Paused by ", _who(pause), " ", ago(at=pause["since"]), ". ", means, class_name="dim"),
            class_name="paused-words",
        ),
        resume,
        class_name="paused",
        custom_attrs={
            "aria-label": rx.cond(of_queue, "The queue is paused", "A task is paused"),
            "data-paused": rx.cond(of_queue, "queue", "task"),
        },
    )
    return rx.cond(pause["id"], notice)


def paused_tasks() -> rx.Component:
    """Return the notice of all tasks that are paused; nothing where none is."""
    live = Live(TOPIC)
    tasks = f"{live.rows!s}.filter((row) => row.scope === 'TASK')"
    rows = Var(tasks, _var_type=list[Row], _var_data=live.rows._get_all_var_data()).to(list[Row])
    words = rx.cond(rows.length() == 1, "1 task is paused", rows.length().to_string() + " tasks are paused")
    notice = rx.el.section(
        icon("pause"),
        rx.el.div(
            rx.el.p(rx.el.b(words)),
            rx.el.ul(rx.foreach(rows, _task), class_name="paused-list", tab_index=0),
            class_name="paused-words",
        ),
        class_name="paused",
        custom_attrs={"aria-label": "Paused tasks"},
    )
    return rx.cond(rows.length() > 0, notice)


def _task(pause: Var[Row]) -> rx.Component:
    name = rx.cond(pause["task_name"], pause["task_name"].to(str), "Task " + pause["id"].to(str))
    return rx.el.li(
        to(name, href="/tasks/" + pause["id"].to(str)),
        " · ",
        pause["reason"].to(str),
        rx.el.span(" · ", _who(pause), ", ", ago(at=pause["since"]), class_name="dim"),
        key=pause["id"].to(str),
    )


def _who(pause: Var[Row]) -> Var[str]:
    """Return who paused it; nobody's name where nobody was signed in."""
    return rx.cond(pause["paused_by"], pause["paused_by"], NOBODY).to(str)


def paused_mark(pause: Var[Row]) -> rx.Component:
    """Return the word `paused` with who and why in its tooltip; nothing where there is no pause."""
    what = rx.cond(pause["scope"] == "QUEUE", "The queue", "The task").to(str)
    told = what + " was paused by " + _who(pause) + ": " + pause["reason"].to(str)
    mark = rx.el.span(
        icon("pause"),
        "paused",
        rx.el.span(". ", told, class_name="visually-hidden"),
        class_name="paused-mark",
        title=told,
    )
    return rx.cond(pause["id"], mark)
