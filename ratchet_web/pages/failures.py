"""`/failures`: what failed in the same way, live."""

from typing import Any

import reflex as rx

from ratchet_web.components.abilities import Ability, lacking, note
from ratchet_web.components.address import under_server
from ratchet_web.components.failures import Trend, state_of
from ratchet_web.components.list_filters import FindByName, TimeFilter
from ratchet_web.components.live import Live
from ratchet_web.components.parts import empty_state, number, segments, title_bar, to
from ratchet_web.components.tables import Column, cell, data_table
from ratchet_web.components.times import ago
from ratchet_web.pages.acts import Act, act_icon, if_may
from ratchet_web.pages.lists import (
    beside_title,
    filter_chips,
    ignored_notice,
    list_vars,
    marked,
    task_picker,
    unapplied_notice,
)
from ratchet_web.state.failures import FailureList, Failures

COLUMNS = (
    Column("Failure", fixed=True),
    Column("Trend", fold=2),
    Column("Count", "count", numeric=True),
    Column("State"),
    Column("Tasks"),
    Column("Newest", fold=1),
    Column("First seen", "first_seen", fold=2),
    Column("Last seen", "last_seen"),
    Column("Actions", hidden_title=True),
)
SEARCH_LIMIT = 200
Row = rx.Var[dict[str, Any]]


def is_busy(id: rx.Var[str]) -> rx.Var[bool]:
    """Return whether the answer to a judgement of a failure is still to come."""
    return Failures.busy.contains(under_server(id))


def in_tasks(row: Row) -> rx.Component:
    """Return the task in which it came most, how many others there are, and the versions."""
    tasks = row["tasks"].to(list[dict[str, Any]])
    first = tasks[0]
    name = rx.cond(first["task_name"], first["task_name"].to(str), "task " + first["task_id"].to(str))
    others = tasks.length() - 1 + row["more_tasks"].to(int)
    more = rx.cond(others > 0, rx.fragment(" and ", number(others), " more"))
    versions = row["versions"].to(list[str])
    of = rx.cond(versions.length() > 0, rx.el.small(versions.join(", "), title=versions.join(", ")))
    known = rx.el.span(
        to(name, href="/tasks/" + first["task_id"].to(str), title=name), more, of, class_name="failure-tasks"
    )
    return rx.cond(tasks.length() > 0, known, rx.el.span("–", class_name="dim"))


def failure_name(row: Row) -> rx.Component:
    """Return what a failure says, and which function threw it."""
    id, frame = row["id"].to(str), row["frame"].to(str)
    return rx.el.span(
        to(row["title"].to(str), href="/failures/" + id, title=row["title"].to(str)),
        rx.cond(frame, rx.el.small("in ", frame)),
        class_name="failure-name",
    )


def sample_link(row: Row) -> rx.Component:
    """Return the newest execution that failed so."""
    sample = row["sample"].to(dict[str, Any])
    id = sample["execution_id"].to(str)
    link = to(id, href="/executions/" + id, class_name="mono", title=sample["error_message"].to(str))
    return rx.cond(row["sample"], link, rx.el.span("–", class_name="dim"))


def judgements(row: Row) -> rx.Component:
    """Return the small buttons that resolve, ignore or reopen a failure."""
    id, title = row["id"].to(str), row["title"].to(str)
    busy = is_busy(id)

    def button(picture: str, label: str, verdict: str) -> rx.Component:
        press = Failures.judge(id, verdict).temporal
        # With a key, or one button would become the other under a finger that is about to press again.
        name = label + " " + title
        return act_icon(Act.JUDGE_FAILURE, picture, name, busy=busy, on_click=press, key=verdict)

    judge = rx.match(
        row["state"].to(str),
        ("OPEN", rx.fragment(button("check", "Resolve", "resolve"), button("slash", "Ignore", "ignore"))),
        ("IGNORED", button("retry", "Reopen", "reopen")),
        ("RESOLVED", button("retry", "Reopen", "reopen")),
        rx.fragment(),
    )
    return rx.el.div(if_may(Act.JUDGE_FAILURE, judge))


@rx.memo
def failure_row(row: rx.Var[dict[str, Any]]) -> rx.Component:
    """One failure; it is redrawn only when it changed."""
    trend = row["trend"].to(dict[str, Any])
    return rx.el.tr(
        cell(failure_name(row)),
        cell(Trend.create(counts=trend["counts"], words=row["trend_words"].to(str)), phone="line", fold=2),
        cell(number(row["count"]), numeric=True, phone="corner"),
        cell(state_of(row["state"].to(str), row["reopened_at"]), phone="foot"),
        cell(in_tasks(row), phone="line"),
        cell(sample_link(row), phone="hide", fold=1),
        cell(ago(at=row["first_seen"]), phone="hide", fold=2),
        cell(ago(at=row["last_seen"]), phone="end"),
        rx.el.td(judgements(row), class_name="actions"),
        class_name=rx.cond(row["gone"], "stale", ""),
        custom_attrs={"data-id": row["id"].to(str)},
    )


def found_here(live: Live) -> rx.Component:
    """Return of how many executions failures were grouped, where the server keeps none."""
    looked_at = live.about["looked_at"].to(int)
    reach = rx.cond(
        live.about["complete"].bool(),
        rx.fragment("all ", number(looked_at), " failed executions that it has"),
        rx.fragment("the newest ", number(looked_at), " failed executions: older ones are not counted"),
    )
    text = rx.fragment(lacking(Ability.FAILURES), " The console groups ", reach, ".")
    return rx.cond(live.answered("looked_at"), note(text))


def still_grouping(live: Live) -> rx.Component:
    """Return that older executions are still being looked at, while they are."""
    filling = live.ready & ~live.answered("looked_at") & (live.about["complete"] == False)  # noqa: E712
    words = "Executions that failed before this version of the server are being grouped: counts still grow."
    return rx.cond(filling, note(words))


def page() -> rx.Component:
    """Return the page."""
    view = list_vars(FailureList)
    live = view.live
    counts = live.about["counts"].to(dict[str, int])
    words = "Executions that fail in the same way show up here as one."
    empty = empty_state("Nothing has failed", words, to("Executions", href="/executions"))
    states = segments(FailureList.states, counts, "State")
    return rx.fragment(
        title_bar("Failures", *beside_title(live)),
        rx.el.div(
            rx.cond(lacking(Ability.FAILURES), rx.fragment(), states),
            marked(TimeFilter.create(what="failed"), live, "since", "until"),
            marked(task_picker(FailureList.task, FailureList.pick_task), live, "task"),
            FindByName.create(limit=SEARCH_LIMIT, words="Find in errors"),
            filter_chips(FailureList, live),
            class_name="filters",
        ),
        found_here(live),
        still_grouping(live),
        ignored_notice(FailureList),
        unapplied_notice(live),
        data_table(view, COLUMNS, failure_row, label="Failures", empty=empty),
    )
