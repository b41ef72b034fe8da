"""What pages show of pauses, with the controls that begin and end them."""

from typing import Any

import reflex as rx
from reflex.vars import Var

from ratchet_web.components.abilities import Ability, lacking
from ratchet_web.components.address import under_server
from ratchet_web.components.live import Live
from ratchet_web.components.pauses import (
    QUEUE_ROW,
    TOPIC,
    PauseControl,
    paused_notice,
    paused_tasks,
    queue_pause,
    task_pause,
)
from ratchet_web.pages.acts import Act, act_button, if_may, refused
from ratchet_web.state.pauses import Pauses

QUEUE_MEANS = "No job begins until it is resumed; single runs still start."
TASK_MEANS = "None of its jobs begins until it is resumed; single runs still start."
QUEUE = Var.create("")


def pause_notice() -> rx.Component:
    """Return what is paused, for pages about all jobs: the queue, with its Resume, and tasks by name.

    The page's `load` must watch the topic `pauses`.
    """
    return rx.el.div(queue_notice(), paused_tasks(), class_name="pauses")


def queue_notice() -> rx.Component:
    """Return that the queue is paused, with its Resume; nothing while it goes."""
    return paused_notice(queue_pause(), "The queue is paused", QUEUE_MEANS, _resume(QUEUE))


def task_notice(task: Var[str], name: Var[str], means: str = TASK_MEANS) -> rx.Component:
    """Return that the queue, a task, or both are paused, for what belongs to this task."""
    own = paused_notice(task_pause(task), "Task " + name + " is paused", means, _resume(task))
    return rx.el.div(queue_notice(), own, class_name="pauses")


def pause_queue_button() -> rx.Component:
    """Return the button that pauses the queue; nothing while it is paused, or where it cannot be."""
    return _control(QUEUE, QUEUE, queue_pause(), Act.PAUSE_QUEUE)


def pause_task_button(task: Var[str], name: Var[str]) -> rx.Component:
    """Return the button that pauses a task; nothing while it is paused, or where it cannot be."""
    return _control(task, name, task_pause(task), Act.PAUSE_TASK)


def _control(task: Var[str], name: Var[str], pause: Var[dict[str, Any]], act: Act) -> rx.Component:
    key = _key(task)
    control = PauseControl.create(
        task=task,
        name=name,
        paused=pause["id"].bool(),
        draft_key="pause." + key,
        error=Pauses.errors[key],
        busy=Pauses.busy.contains(key),
        why=refused(act),
        on_pause=Pauses.pause.temporal,
    )
    return if_may(act, rx.cond(Live(TOPIC).ready & (lacking(Ability.PAUSE) == ""), control))


def _resume(task: Var[str]) -> rx.Component:
    act = Act.PAUSE_QUEUE if task is QUEUE else Act.PAUSE_TASK
    press = Pauses.resume(task).temporal
    return if_may(act, act_button(act, "Resume", loading=Pauses.busy.contains(_key(task)), on_click=press))


def _key(task: Var[str]) -> Var[str]:
    return under_server(QUEUE_ROW if task is QUEUE else task)
