"""The dialog that runs a task; the address says that it is open (`?run=`), so a reload keeps it."""

from typing import Any

import reflex as rx
from reflex.vars import Var

from ratchet_web.components import antd
from ratchet_web.components.abilities import Ability, lacking, lacking_note
from ratchet_web.components.address import param, server, set_param
from ratchet_web.components.icons import icon
from ratchet_web.components.parts import empty_state, failure_notice, to
from ratchet_web.components.run_form import RunDialogForm
from ratchet_web.components.tasks_choice import RunDialogTask
from ratchet_web.pages.acts import Act, act_button, if_may, unfit
from ratchet_web.pages.lists import task_choice
from ratchet_web.state.run import RunDialog
from ratchet_web.state.run_form import TaskForm

CHOOSE = "choose"


def _set(value: Var[Any] | str | None) -> Var[Any]:
    """Return the browser's function that opens the dialog for a task, or closes it."""
    setter = set_param("run")
    text = "null" if value is None else str(Var.create(value))
    return Var(f"(() => {setter!s}({text}))", _var_data=setter._get_all_var_data())


def run_button(
    task: Var[str] | None = None,
    *,
    label: str = "Run task…",
    kind: str = "primary",
    title: Any = None,
    **props: Any,
) -> rx.Component:
    """Return the button that opens the dialog, for a task or for the viewer to choose one."""
    button = act_button(
        Act.RUN_TASK,
        icon("play"),
        label,
        type=kind,
        custom_attrs={"onClick": _set(CHOOSE if task is None else task), "title": title},
        **props,
    )
    return if_may(Act.RUN_TASK, button)


def _picker(chosen: Var[str]) -> rx.Component:
    setter = set_param("run")
    choose = Var(f"((value) => {setter!s}(value ?? '{CHOOSE}'))", _var_data=setter._get_all_var_data())
    known = rx.cond(chosen == CHOOSE, None, chosen)
    return rx.el.div(task_choice(known, choose, RunDialogTask), class_name="field")


def task_form(state: type[TaskForm]) -> dict[str, Any]:
    """Return what the forms that run a task take from the state behind them."""
    return {
        "schema": state.input_schema,
        "form_key": state.form_key,
        "draft_key": state.draft_key,
        "saved_key": state.saved_key,
        "errors": state.errors,
        "busy": state.busy,
        "recent": state.recent,
        "recent_state": state.recent_state,
        "recent_off": lacking(Ability.INPUT).bool(),
        "on_recent": state.look_for_recent.temporal,
    }


def _form() -> rx.Component:
    given = task_form(RunDialog)
    return RunDialogForm.create(submit_label="Run", on_submit=RunDialog.submit.temporal, **given)


def disabled_notice(task: Var[str], more: str = "") -> rx.Component:
    """Return what stands in place of a form for a task that is disabled."""
    page = to("Enable it on its page", href="/tasks/" + task)
    text = rx.el.p("This task is disabled. ", page, more, ".")
    return rx.el.div(text, class_name="notice", custom_attrs={"data-kind": "warn"})


def doubt_notice(doubt: Var[str]) -> rx.Component:
    """Return what to do when nobody knows whether the run began; `doubt` is where to look for it."""
    text = rx.el.p(
        "The server's answer was lost: the run may have begun. ",
        to("Look at the runs of this task", href=doubt),
        " before you run it again.",
    )
    return rx.cond(
        doubt,
        rx.el.div(text, class_name="notice", role="alert", custom_attrs={"data-kind": "warn"}),
    )


@rx.memo
def run_dialog() -> rx.Component:
    """The dialog; mounted once, in the frame."""
    chosen = param("run")
    is_open = chosen.is_not_none()
    described = rx.cond(RunDialog.description, rx.el.p(RunDialog.description, class_name="dim"))
    disabled = disabled_notice(chosen.to(str), " to run it")
    body = rx.cond(
        RunDialog.failure["title"],
        failure_notice(RunDialog.failure, again=RunDialog.open.temporal),
        rx.cond(RunDialog.enabled, rx.fragment(doubt_notice(RunDialog.doubt), _form()), disabled),
    )
    waiting = empty_state("Which task?", "Choose one to see what it takes as input.")
    # What was read of a task of another server is not for this one.
    is_its = (RunDialog.server == "") | (RunDialog.server == server())
    task = rx.cond(is_its, rx.fragment(described, lacking_note(Ability.INPUT), body))
    form = rx.el.div(_picker(chosen), rx.cond(chosen == CHOOSE, waiting, task), class_name="stack")
    return antd.Modal.create(
        if_may(Act.RUN_TASK, form, unfit("run tasks")),
        open=is_open,
        title="Run a task",
        width="min(640px, calc(100vw - 32px))",
        footer=Var("null"),
        destroy_on_hidden=True,
        custom_attrs={"onCancel": _set(None)},
    )
