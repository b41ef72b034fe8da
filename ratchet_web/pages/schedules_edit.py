"""`/schedules/new` and `/schedules/[schedule_id]/edit`: writing a schedule."""

from typing import Any

import reflex as rx
from reflex.vars import Var

from ratchet_web.components.abilities import Ability, lacking
from ratchet_web.components.address import set_param
from ratchet_web.components.cron_builder import cron_builder, zone_field
from ratchet_web.components.edit_form import BaseFields, EditNotes, Unsaved, edit_form
from ratchet_web.components.fields import choice_field, text_field
from ratchet_web.components.live import Live
from ratchet_web.components.parts import card, empty_state, failure_notice, title_bar, to
from ratchet_web.components.schedules import (
    schedule_destinations,
    schedule_input,
    schedule_retries,
    schedule_runs,
)
from ratchet_web.pages.acts import Act, act_button, if_may, unfit
from ratchet_web.pages.details import missing
from ratchet_web.pages.edit_conflict import conflict_panel
from ratchet_web.pages.lists import task_choice
from ratchet_web.pages.schedules_words import ENABLED, MISFIRE, OVERLAP, PRIORITIES
from ratchet_web.state.schedules_edit import ScheduleEdit

FORM = "schedule-form"


def _kept(name: str) -> dict[str, Any]:
    """Return the props by which a field keeps what is typed in it."""
    return {
        "name": name,
        "initial": ScheduleEdit.shown[name],
        "doc_key": ScheduleEdit.doc_key,
        "draft_key": ScheduleEdit.draft_key,
        "saved_key": ScheduleEdit.saved_key,
        "error": ScheduleEdit.errors[name],
    }


def _picker() -> rx.Component:
    """Return the choice of the task, which the address keeps; that of a schedule stays what it is."""
    setter = set_param("task")
    choose = Var(f"((value) => {setter!s}(value ?? null))", _var_data=setter._get_all_var_data())
    error = ScheduleEdit.errors["task_id"]
    select = task_choice(rx.cond(ScheduleEdit.task_id, ScheduleEdit.task_id, None), choose)
    link = to(ScheduleEdit.task_name, href="/tasks/" + ScheduleEdit.task_id)
    fixed = rx.el.p(link, rx.el.span(" A schedule keeps its task.", class_name="dim"))
    return rx.el.div(
        rx.el.span("Task", class_name="label"),
        rx.cond(ScheduleEdit.id, fixed, select),
        rx.cond(error, rx.el.span(error, class_name="error", role="alert")),
        class_name="field",
    )


def _about() -> rx.Component:
    name = text_field(label="Name", required=True, max_length=100, **_kept("name"))
    described = text_field(label="Description", multiline=True, max_length=10_000, **_kept("description"))
    state = choice_field(label="State", options=ENABLED, **_kept("enabled"))
    return rx.el.div(
        rx.el.div(_picker(), name, class_name="columns"), described, state, class_name="card pad stack"
    )


def _when() -> rx.Component:
    builder = cron_builder(told=ScheduleEdit.preview, on_look=ScheduleEdit.look, **_kept("cron_expression"))
    typed = _kept("time_zone")
    wrong = rx.cond(typed["error"], typed["error"], ScheduleEdit.preview["zone_error"].to(str))
    zone = zone_field(on_look=ScheduleEdit.look_by, **(typed | {"error": wrong}))
    zoned = rx.cond(lacking(Ability.SCHEDULE_OPTIONS), _only_utc(), zone)
    return card("When", rx.el.div(builder, zoned, class_name="pad stack"))


def _only_utc() -> rx.Component:
    return rx.el.p("Time zone: UTC. This server knows no other.", class_name="dim")


def _rules() -> rx.Component:
    missed = choice_field(label="After downtime", options=MISFIRE, **_kept("misfire_policy"))
    overlap = choice_field(label="While an earlier run is open", options=OVERLAP, **_kept("allow_overlap"))
    priority = choice_field(label="Priority", options=PRIORITIES, **_kept("priority"))
    rules = rx.el.div(
        missed, overlap, rx.el.div(priority, class_name="columns"), _retries(), class_name="pad stack"
    )
    why = lacking(Ability.SCHEDULE_OPTIONS)
    return card("How", rx.cond(why, rx.el.p(why, class_name="pad dim"), rules))


def _kept_all() -> dict[str, Any]:
    names = ("doc_key", "draft_key", "saved_key")
    return {name: _kept("")[name] for name in names} | {"errors": ScheduleEdit.work_errors}


def _retries() -> rx.Component:
    told = ScheduleEdit.preview
    return schedule_retries(
        retries=ScheduleEdit.shown["max_retries"],
        policy=ScheduleEdit.shown["retry_policy"],
        error=ScheduleEdit.errors["max_retries"],
        off=lacking(Ability.SCHEDULE_DELIVERY),
        runs=told["runs"],
        zone=told["zone"].to(str),
        **_kept_all(),
    )


def _destinations() -> rx.Component:
    field = schedule_destinations(
        initial=ScheduleEdit.shown["output_destinations"],
        owner=ScheduleEdit.id,
        test_off=lacking(Ability.TEST_DELIVERY),
        **_kept_all(),
    )
    why = lacking(Ability.SCHEDULE_DELIVERY)
    told = rx.cond(why, rx.el.p(why, class_name="pad dim"), rx.el.div(field, class_name="pad lone-part"))
    return card("Output destinations", told)


def _input() -> rx.Component:
    """Return the input of the task; it is no part of the form in the page, but sent with it."""
    form = schedule_input(
        form_id=FORM,
        task_id=ScheduleEdit.task_id,
        task_key=ScheduleEdit.task_key,
        schema=ScheduleEdit.input_schema,
        initial=ScheduleEdit.given["input"],
        saved_key=ScheduleEdit.saved_key,
        errors=ScheduleEdit.input_errors,
        busy=ScheduleEdit.busy,
    )
    none = rx.el.p("Choose a task to see what it takes as input.", class_name="pad dim")
    why = lacking(Ability.SCHEDULE_OPTIONS)
    asked = rx.cond(ScheduleEdit.task_key, form, none)
    part = card("Input", rx.cond(why, rx.el.p(why, class_name="pad dim"), asked))
    return rx.el.div(part, class_name="schedule-task")


def _preview() -> rx.Component:
    told = ScheduleEdit.preview
    unknown = "What is typed makes no time yet: it says at its field what would be right."
    runs = schedule_runs(
        runs=told["runs"], zone=told["zone"].to(str), load=told["load"].to(str), empty=unknown
    )
    return rx.el.aside(
        card("Next runs", rx.cond(told["zone"], runs)),
        class_name="schedule-side",
        custom_attrs={"aria-label": "Preview"},
    )


def _foot() -> rx.Component:
    save = act_button(
        Act.EDIT_SCHEDULE,
        "Save schedule",
        type="primary",
        html_type="submit",
        loading=ScheduleEdit.busy,
        custom_attrs={"form": FORM},
    )
    told = Unsaved.create(text=ScheduleEdit.unsaved, stumbles=ScheduleEdit.stumbles)
    back = rx.cond(ScheduleEdit.id, "/schedules/" + ScheduleEdit.id, "/schedules")
    return rx.el.div(save, to("Cancel", href=back), told, class_name="row save-bar")


def _form() -> rx.Component:
    other = ScheduleEdit.errors["form"]
    form = rx.el.form(
        BaseFields.create(),
        EditNotes.create(),
        conflict_panel(ScheduleEdit.conflict, ScheduleEdit.go_on, True),
        rx.cond(ScheduleEdit.failure["title"], _failure()),
        rx.cond(other, rx.el.p(other, class_name="form-error", role="alert")),
        _about(),
        _when(),
        _rules(),
        _destinations(),
        id=FORM,
        class_name="stack",
        on_submit=ScheduleEdit.save.temporal,
    )
    return edit_form(
        rx.el.div(form, _preview(), _input(), _foot(), class_name="schedule-grid"),
        doc_key=ScheduleEdit.doc_key,
        draft_key=ScheduleEdit.draft_key,
        saved_key=ScheduleEdit.saved_key,
        saved_to=ScheduleEdit.saved_to,
        base=ScheduleEdit.base,
        on_take=ScheduleEdit.load.temporal,
        on_compare=ScheduleEdit.compare.temporal,
    )


def _failure() -> rx.Component:
    """Return what went wrong. What could not be read can be read again; saving has its own button."""
    unread = failure_notice(ScheduleEdit.failure, again=ScheduleEdit.load.temporal)
    return rx.cond(ScheduleEdit.failure["kind"], unread, failure_notice(ScheduleEdit.failure))


def _unchangeable() -> rx.Component:
    """Return what stands in place of the form where the server changes no schedule."""
    back = to("Back to the schedule", href="/schedules/" + ScheduleEdit.id)
    new = to("New schedule", href="/schedules/new?task=" + ScheduleEdit.task_id)
    return rx.el.div(
        empty_state("It cannot be changed", lacking(Ability.CHANGE_SCHEDULE), back, new), class_name="card"
    )


def page() -> rx.Component:
    """Return the page."""
    title = title_bar(rx.cond(ScheduleEdit.id, "Edit " + ScheduleEdit.shown["name"], "New schedule"))
    unread = ScheduleEdit.failure["title"].bool() & ~ScheduleEdit.doc_key.bool()
    unreadable = rx.cond(ScheduleEdit.failure["kind"] == "NotFound", missing("schedule"), _failure())
    fixed = lacking(Ability.CHANGE_SCHEDULE).bool() & ScheduleEdit.id.bool()
    written = rx.fragment(title, rx.cond(fixed, _unchangeable(), _form()))
    nothing = rx.el.div(unfit("write schedules"), class_name="card")
    return if_may(
        Act.EDIT_SCHEDULE, rx.cond(unread, unreadable, written), rx.cond(Live("link").ready, nothing)
    )
