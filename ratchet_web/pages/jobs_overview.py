"""What became of a job, what it waits for, and where its output goes."""

from typing import Any

import reflex as rx

from ratchet_web.components.abilities import Ability, lacking_note
from ratchet_web.components.live import Live
from ratchet_web.components.parts import card, empty_state, number, to
from ratchet_web.components.pauses import pause_of
from ratchet_web.components.status import delivery_status, status
from ratchet_web.components.tables import cell
from ratchet_web.components.times import ago, duration, instant
from ratchet_web.pages.acts import Act, act_button, if_may, is_busy
from ratchet_web.pages.jobs import can_cancel, is_waiting, retries
from ratchet_web.state.acts import Acts
from ratchet_web.state.jobs import JobDetail

Row = rx.Var[dict[str, Any]]


@rx.memo
def attempt_row(row: rx.Var[dict[str, Any]]) -> rx.Component:
    """One attempt of the job."""
    id = row["id"].to(str)
    running = row["status"] == "RUNNING"
    return rx.el.tr(
        cell("Attempt ", row["attempt"].to(int)),
        cell(status(row["status"].to(str))),
        cell(to(id, href="/executions/" + id, class_name="mono"), phone="foot"),
        cell(
            duration(ms=row["duration_ms"], since=rx.cond(running, row["started_at"], None)), phone="corner"
        ),
        cell(ago(at=row["started_at"]), phone="end"),
        cell(rx.el.span(row["error_message"].to(str), class_name="dim"), phone="line"),
    )


def _attempts(row: Row, attempts: rx.Var[list[dict[str, Any]]]) -> rx.Component:
    rows = rx.foreach(attempts, lambda each: rx.fragment(attempt_row(row=each), key=each["id"].to(str)))
    heads = ("Attempt", "Status", "Execution", "Duration", "Started", "Error")
    table = rx.el.table(
        rx.el.thead(rx.el.tr(*[rx.el.th(name, scope="col") for name in heads])),
        rx.el.tbody(rows),
        class_name="table",
        custom_attrs={"aria-label": "Attempts"},
    )
    paused = pause_of(row["task_id"].to(str))["id"]
    until = rx.cond(
        paused,
        "It waits until its task, or the queue, is resumed.",
        "It waits for its time, or for a free worker.",
    )
    waits = empty_state("No attempt yet", until)
    over = empty_state(
        "No attempt is known", "It was cancelled before one began, or its attempts were removed."
    )
    none = rx.cond(can_cancel(row), waits, over)
    return card("Attempts", rx.cond(attempts.length() > 0, table, none))


@rx.memo
def history_step(step: rx.Var[dict[str, Any]]) -> rx.Component:
    """One thing that happened, or is to come."""
    execution = to("execution ", step["execution"], href="/executions/" + step["execution"].to(str))
    when = rx.cond(
        step["at"],
        rx.el.span(instant(at=step["at"]), " · ", ago(at=step["at"]), class_name="dim"),
        rx.cond(step["to_come"], rx.fragment(), rx.el.span("when is not known", class_name="dim")),
    )
    return rx.el.li(
        rx.el.span(step["words"].to(str), class_name="step-words"),
        when,
        rx.cond(step["execution"], rx.el.span(execution)),
        rx.cond(step["reason"], rx.el.span(step["reason"].to(str), class_name="step-reason")),
        custom_attrs={"data-kind": step["kind"].to(str), "data-to-come": rx.cond(step["to_come"], "", None)},
    )


def _history(row: Row, live: Live) -> rx.Component:
    steps = rx.foreach(
        live.several("history"), lambda each: rx.fragment(history_step(step=each), key=each["key"].to(str))
    )
    estimate = live.about["estimate"].to(dict[str, str])
    start = rx.el.p(
        rx.el.b("Estimated start: "),
        rx.cond(
            estimate["at"], rx.fragment(ago(at=estimate["at"]), ", at ", instant(at=estimate["at"]), ". ")
        ),
        estimate["words"],
        class_name="pad dim estimate",
    )
    pause = pause_of(row["task_id"].to(str))
    held = rx.el.p(
        rx.el.b("Estimated start: "),
        rx.cond(
            pause["scope"] == "QUEUE", "not before the queue is resumed.", "not before its task is resumed."
        ),
        class_name="pad dim estimate",
    )
    told = rx.cond(is_waiting(row) & pause["id"].bool(), held, rx.cond(estimate, start))
    listed = rx.el.ol(steps, class_name="history pad", custom_attrs={"aria-label": "History"})
    return card("History", listed, told)


def _retry(row: rx.Var[dict[str, Any]]) -> rx.Component:
    least, most = row["least_ms"], row["most_ms"]
    same = least.to(int) == most.to(int)
    wait = rx.cond(same, duration(ms=least), rx.fragment(duration(ms=least), " to ", duration(ms=most)))
    at = rx.cond(
        same,
        instant(at=row["earliest"]),
        rx.fragment(instant(at=row["earliest"]), " to ", instant(at=row["latest"])),
    )
    return rx.el.tr(
        cell("Retry ", row["number"].to(int)), cell(wait), cell(rx.cond(row["earliest"], at, "–"))
    )


def _retries(row: Row, live: Live) -> rx.Component:
    coming = live.several("retries")
    heads = ("Retry", "Waits", "Begins, if each attempt before it fails at once")
    table = rx.el.table(
        rx.el.thead(rx.el.tr(*[rx.el.th(name, scope="col") for name in heads])),
        rx.el.tbody(rx.foreach(coming, lambda each: rx.fragment(_retry(each), key=each["number"].to(str)))),
        class_name="table plain-table",
        custom_attrs={"aria-label": "Retries to come"},
    )
    more = live.about["more_retries"]
    policy = live.about["policy"].to(str)
    own = "The server's own policy: it does not tell how long it waits."
    unknown = rx.cond(row["retry_policy"], "The server waits by a policy that is not known here.", own)
    return card(
        "Retries",
        rx.el.p(retries(row), " used. ", rx.cond(policy, policy, unknown), class_name="pad"),
        rx.cond(coming.length() > 0, table),
        rx.cond(more.to(int) > 0, rx.el.p("And ", number(more), " more.", class_name="pad dim")),
    )


def _destination(job: Row, each: rx.Var[dict[str, Any]]) -> rx.Component:
    id, place = JobDetail.id, each["position"].to(int)
    again = act_button(
        Act.DELIVER_AGAIN,
        "Deliver again",
        size="small",
        loading=is_busy("jobs", id),
        on_click=Acts.deliver_again(id, place).temporal,
        custom_attrs={"aria-label": "Deliver again to destination " + place.to(str)},
    )
    answer = rx.cond(each["answer"], rx.fragment(" · ", each["answer"].to(str)))
    tried = rx.cond(each["attempts"].to(int) > 1, rx.fragment(" · ", number(each["attempts"]), " attempts"))
    next_at = rx.cond(each["next_at"], rx.fragment(" · next attempt ", ago(at=each["next_at"])))
    when = rx.cond(each["at"], ago(at=each["at"]))
    return rx.el.tr(
        cell(place),
        cell(
            rx.el.b(each["title"].to(str)),
            rx.el.div(each["target"].to(str), class_name="mono wraps"),
            rx.el.div(each["more"].to(str), class_name="dim"),
        ),
        cell(
            rx.cond(
                each["status"],
                rx.fragment(delivery_status(each["status"].to(str)), " ", when, answer, tried, next_at),
                _undelivered(job),
            ),
            rx.cond(each["error"], rx.el.div(each["error"].to(str), class_name="step-reason")),
            phone="line",
        ),
        rx.el.td(if_may(Act.DELIVER_AGAIN, rx.cond(each["again"], again)), class_name="actions"),
        key=place.to_string(),
    )


def _undelivered(job: Row) -> rx.Component:
    still = is_waiting(job) | (job["status"] == "PROCESSING")
    over = rx.cond(job["status"] == "COMPLETED", "Not known", "Nothing to deliver: it did not complete")
    return rx.el.span(rx.cond(still, "Delivered once it has completed", over), class_name="dim")


def _destinations(row: Row, live: Live) -> rx.Component:
    given = live.several("destinations")
    heads = ("#", "Destination", "Delivery")
    table = rx.el.table(
        rx.el.thead(
            rx.el.tr(
                *[rx.el.th(name, scope="col") for name in heads],
                rx.el.th(rx.el.span("Actions", class_name="visually-hidden"), scope="col"),
            )
        ),
        rx.el.tbody(rx.foreach(given, lambda each: _destination(row, each))),
        class_name="table plain-table",
        custom_attrs={"aria-label": "Output destinations"},
    )
    none = rx.el.p("Its output is kept with its execution, and goes nowhere else.", class_name="pad dim")
    told = rx.cond(
        row["status"] == "COMPLETED", rx.el.div(lacking_note(Ability.DELIVERIES), class_name="pad")
    )
    return card("Output destinations", rx.cond(given.length() > 0, rx.fragment(table, told), none))


def overview(row: Row, live: Live) -> rx.Component:
    """Return the tab."""
    side = rx.el.div(_retries(row, live), _destinations(row, live), class_name="stack")
    return rx.el.div(
        rx.el.div(_history(row, live), side, class_name="columns top"),
        _attempts(row, live.several("attempts")),
        class_name="stack",
    )
