"""The dialog that runs a schedule now with another input; the address says that it is open (`?trigger=`)."""

import reflex as rx
from reflex.vars import Var

from ratchet_web.components import antd
from ratchet_web.components.address import param, set_param
from ratchet_web.components.parts import failure_notice
from ratchet_web.components.run_form import schema_form
from ratchet_web.pages.acts import Act, act_button, if_may, unfit
from ratchet_web.state.schedules import TRIGGER, ScheduleDetail


def _set(value: str) -> Var[object]:
    """Return the browser's function that opens the dialog, or with `null` closes it."""
    setter = set_param(TRIGGER)
    return Var(f"(() => {setter!s}({value}))", _var_data=setter._get_all_var_data())


def run_with_button() -> rx.Component:
    """Return the button that opens the dialog."""
    return act_button(Act.TRIGGER_SCHEDULE, "Run with input…", custom_attrs={"onClick": _set("'input'")})


def run_with_dialog(name: Var[str]) -> rx.Component:
    """Return the dialog."""
    form = schema_form(
        schema=ScheduleDetail.input_schema,
        initial=ScheduleDetail.given["input"],
        form_key=ScheduleDetail.form_key,
        draft_key=ScheduleDetail.draft_key,
        saved_key=ScheduleDetail.saved_key,
        errors=ScheduleDetail.errors,
        busy=ScheduleDetail.busy,
        submit_label="Run now",
        on_submit=ScheduleDetail.run_with.temporal,
    )
    failure = ScheduleDetail.failure
    body = rx.cond(failure["title"], failure_notice(failure, again=ScheduleDetail.load.temporal), form)
    kept = rx.el.p("This run alone gets this input; the schedule keeps its own.", class_name="dim")
    return antd.Modal.create(
        if_may(Act.TRIGGER_SCHEDULE, rx.el.div(kept, body, class_name="stack"), unfit("run schedules")),
        open=param(TRIGGER).is_not_none(),
        title="Run " + name + " now",
        width="min(640px, calc(100vw - 32px))",
        footer=Var("null"),
        destroy_on_hidden=True,
        custom_attrs={"onCancel": _set("null")},
    )
