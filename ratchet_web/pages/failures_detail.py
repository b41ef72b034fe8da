"""`/failures/[fingerprint]`: one failure, its newest execution, and what is to become of it."""

from typing import Any

import reflex as rx

from ratchet_web.components.abilities import Ability, lacking, note
from ratchet_web.components.failures import Trend, state_of
from ratchet_web.components.live import Live
from ratchet_web.components.parts import card, copy_button, facts, number, title_bar, to
from ratchet_web.components.times import ago, instant
from ratchet_web.pages.acts import Act, act_button, if_may
from ratchet_web.pages.details import detail_page
from ratchet_web.pages.executions_failure import failure_card
from ratchet_web.pages.failures import is_busy
from ratchet_web.state.failures import FailureDetail, Failures

ONLY_NEWEST = " The console groups the newest failed executions: older ones are not counted here."
MOST_TASKS = 10
Row = rx.Var[dict[str, Any]]


def _actions(row: Row) -> tuple[rx.Component, ...]:
    id, busy = FailureDetail.id, is_busy(FailureDetail.id)

    def judge(label: str, verdict: str) -> rx.Component:
        press = Failures.judge(id, verdict).temporal
        button = act_button(Act.JUDGE_FAILURE, label, loading=busy, on_click=press, key=verdict)
        return if_may(Act.JUDGE_FAILURE, button)

    judged = rx.match(
        row["state"].to(str),
        ("OPEN", rx.fragment(judge("Resolve", "resolve"), judge("Ignore", "ignore"))),
        ("IGNORED", judge("Reopen", "reopen")),
        ("RESOLVED", judge("Reopen", "reopen")),
        rx.fragment(),
    )
    press, none = Failures.retry_all(id).temporal, row["count"] == 0
    retry = act_button(Act.RETRY_EXECUTION, "Retry all…", on_click=press, disabled=none)
    return judged, if_may(Act.RETRY_EXECUTION, retry)


def _executions(row: Row) -> rx.Component:
    """Return the link to the executions; where the server cannot narrow by failures, how many there are."""
    link = to(number(row["count"]), href=FailureDetail.executions_link)
    return rx.cond(lacking(Ability.FAILURES), number(row["count"]), link)


def _state(row: Row) -> rx.Component:
    """Return the state, and who set it when."""
    by = rx.cond(row["state_by"], rx.fragment(" by ", row["state_by"].to(str)))
    judged = rx.cond(row["state_at"], rx.el.span(by, " ", ago(at=row["state_at"]), class_name="dim"))
    returned = rx.el.span(" ", ago(at=row["reopened_at"]), "; it was resolved", judged, class_name="dim")
    shown = state_of(row["state"].to(str), row["reopened_at"])
    return rx.fragment(shown, rx.cond(row["reopened_at"], returned, judged))


def _trend(row: Row) -> rx.Component:
    trend = row["trend"].to(dict[str, Any])
    bars = Trend.create(counts=trend["counts"], words=row["trend_words"].to(str), wide=True)
    axis = rx.el.div(instant(at=trend["start"]), rx.el.span("now"), class_name="trend-axis")
    return card("How often", rx.el.div(bars, axis, class_name="pad"))


def _task(task: Row) -> rx.Component:
    id, versions = task["task_id"].to(str), task["versions"].to(list[str])
    others = task["more_versions"].to(int)
    name = rx.cond(task["task_name"], task["task_name"].to(str), "task " + id)
    more = rx.cond(others > 0, rx.fragment(" and ", number(others), " more"))
    return rx.el.li(
        to(name, href="/tasks/" + id),
        rx.cond(versions.length() > 0, rx.el.span(versions.join(", "), more, class_name="dim")),
        rx.el.span(number(task["count"]), class_name="num"),
    )


def _tasks(row: Row) -> rx.Component:
    tasks = row["tasks"].to(list[dict[str, Any]])
    listed = rx.el.ul(rx.foreach(tasks[:MOST_TASKS], _task), class_name="failure-tasks-list pad")
    more = row["more_tasks"].to(int) + rx.cond(tasks.length() > MOST_TASKS, tasks.length() - MOST_TASKS, 0)
    words = rx.cond(more == 1, " more task", " more tasks")
    rest = rx.cond(more > 0, rx.el.p("and ", number(more), words, class_name="pad dim"))
    return card("Tasks and versions", listed, rest)


def _sample() -> rx.Component:
    """Return the newest execution that failed so, with its error as its own page shows it."""
    sample = Live(FailureDetail.sample_topic)
    id = sample.row["id"].to(str)
    head = rx.el.p(
        "The newest: ", to("execution ", id, href="/executions/" + id, class_name="link"), class_name="spaced"
    )
    none = rx.el.p("None of its executions is kept any more.", class_name="dim spaced")
    gone = sample.error["kind"] == "NotFound"
    return rx.cond(
        sample.row["id"], rx.fragment(head, failure_card(sample, beside_others=True)), rx.cond(gone, none)
    )


def _renamed(row: Row) -> rx.Component:
    """Return what whoever kept an older address is told."""
    link = to("its new address", href="/failures/" + row["id"].to(str), class_name="link")
    told = rx.el.span("This failure has another fingerprint since failures are grouped anew. See ", link, ".")
    return note(told)


def _curl() -> rx.Component:
    line = rx.el.div(
        rx.el.code(FailureDetail.curl, class_name="mono"),
        copy_button(FailureDetail.curl, "cURL command"),
        class_name="row curl spaced",
    )
    return rx.cond(lacking(Ability.FAILURES), rx.fragment(), line)


def page() -> rx.Component:
    """Return the page."""
    live = Live(FailureDetail.topic)
    row = live.row
    frame = row["frame"].to(str)
    title = rx.el.span(row["title"].to(str), class_name="failure-title")
    return detail_page(
        live,
        "failure",
        title_bar(title, actions=_actions(row)),
        rx.cond(live.answered("looked_at"), note(rx.fragment(lacking(Ability.FAILURES), ONLY_NEWEST))),
        rx.cond(row["id"].bool() & (row["id"].to(str) != FailureDetail.id), _renamed(row)),
        facts(
            ("State", _state(row)),
            ("Executions", _executions(row)),
            ("Last seen", ago(at=row["last_seen"])),
            ("First seen", ago(at=row["first_seen"])),
            ("Thrown in", rx.cond(frame, rx.el.code(frame), "–")),
            ("Fingerprint", rx.el.code(row["id"].to(str))),
        ),
        rx.el.div(_trend(row), _tasks(row), class_name="columns spaced"),
        _sample(),
        _curl(),
    )
