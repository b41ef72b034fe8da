"""The dashboard's panels: which tasks fail and take long, what comes, who works, how the parts are."""

from collections.abc import Callable
from typing import Any, NamedTuple

import reflex as rx

from ratchet_web.components.abilities import Ability, lacking
from ratchet_web.components.live import Live
from ratchet_web.components.parts import card, empty_state, number, to, unknown_state
from ratchet_web.components.status import health_status
from ratchet_web.components.system import figure
from ratchet_web.components.times import ago, duration, instant
from ratchet_web.pages.lists import task_link
from ratchet_web.state.dashboard import Dashboard

Row = rx.Var[dict[str, Any]]


class Panel(NamedTuple):
    """A panel: its title, where in `about` its rows are, how one is drawn, and the words for none.

    `heads` are the names of its columns.
    """

    title: str
    path: tuple[str, ...]
    draw: Callable[[Row], rx.Component]
    heads: tuple[str, ...]
    none: tuple[str, Any]


def _cells(first: Any, *others: Any) -> list[rx.Component]:
    return [rx.el.td(first), *[rx.el.td(other, class_name="num") for other in others]]


def _dim(*words: Any) -> rx.Component:
    return rx.el.span(*words, class_name="dim")


def _named(name: str) -> rx.Component:
    """Return what a figure is where columns have no heads: on a phone."""
    return rx.el.span(name, class_name="phone-head", custom_attrs={"aria-hidden": "true"})


def _failing_row(row: Row) -> rx.Component:
    id = row["task_id"].to(str)
    runs = "/executions?sort=-completed_at&status=FAILED&task=" + id + "&ended=" + Dashboard.range
    return rx.el.tr(
        *_cells(
            task_link(row),
            to(number(row["failed"]), " failed", href=runs),
            _dim("of ", number(row["not_cancelled"])),
            figure(row["failure_rate"], "percent"),
        ),
        key=id,
    )


def _slow_row(row: Row) -> rx.Component:
    id, took = row["task_id"].to(str), row["duration_ms"].to(dict[str, Any])
    runs = "/executions?sort=-duration_ms&task=" + id + "&ended=" + Dashboard.range
    return rx.el.tr(
        *_cells(
            task_link(row),
            to(_named("p95 "), figure(took["p95"], "ms"), href=runs),
            rx.fragment(_named("p50 "), figure(took["p50"], "ms")),
            _dim(number(row["runs"]), _named(" runs")),
        ),
        key=id,
    )


def _failure_row(row: Row) -> rx.Component:
    id = row["id"].to(str)
    error = rx.el.span(row["error_message"].to(str), class_name="dim one-line")
    return rx.el.tr(
        rx.el.td(to(row["task_name"].to(str), href="/executions/" + id)),
        rx.el.td(error, custom_attrs={"data-phone": "line"}),
        rx.el.td(ago(at=row["completed_at"]), class_name="num"),
        key=id,
    )


def _schedule_row(row: Row) -> rx.Component:
    id = row["id"].to(str)
    load = rx.cond(row["typical_ms"], rx.fragment("about ", figure(row["typical_ms"], "ms")), "–")
    return rx.el.tr(
        *_cells(
            to(row["name"].to(str), href="/schedules/" + id),
            _dim(load),
            ago(at=row["next_run"], empty="never"),
        ),
        key=id,
    )


def _worker_row(row: Row) -> rx.Component:
    free = rx.match(row["status"], ("idle", "Idle"), ("starting", "Starting"), "Busy with something else")
    execution = "/executions/" + row["execution_id"].to(str)
    runs = rx.cond(row["task_name"], row["task_name"].to(str), "a task")
    doing = rx.cond(row["execution_id"], to(runs, href=execution), _dim(free))
    since = rx.cond(row["execution_id"], duration(since=row["started_at"]), "")
    return rx.el.tr(*_cells(row["name"].to(str), doing, since), key=row["name"].to(str))


def _check_row(row: Row) -> rx.Component:
    name = row["name"].to(str)
    return rx.el.tr(*_cells(name, health_status(row["status"].to(str))), key=name)


NO_WORKERS = "This server does not say who works."
NOT_BY_TASK = "This server keeps no figures of each task."
# Columns, besides the first, that are read from the left.
TEXTS = ("Error",)
LONG = ("Workers", "Health")
FAILING = Panel(
    "Failing most",
    ("failing",),
    _failing_row,
    ("Task", "Failed", "Finished", "Rate"),
    ("No task failed", ""),
)
SLOWEST = Panel(
    "Slowest tasks", ("slowest",), _slow_row, ("Task", "p95", "p50", "Runs"), ("No task has run", "")
)
FAILURES = Panel(
    "Newest failures",
    ("failures",),
    _failure_row,
    ("Task", "Error", "When"),
    ("Nothing has failed", "The newest failures show up here."),
)
SCHEDULES = Panel(
    "Next schedules",
    ("schedules",),
    _schedule_row,
    ("Schedule", "Takes", "Due"),
    ("None is enabled", "Enabled schedules show up here, the next first."),
)
WORKERS = Panel("Workers", ("workers",), _worker_row, ("Worker", "Runs", "For"), ("There is no worker", ""))


def tops(range: Live) -> rx.Component:
    """Return which tasks fail most and take longest in the range."""
    beside = _dim("in the last ", Dashboard.words)
    untold = rx.cond(lacking(Ability.SERIES), NOT_BY_TASK, "")
    return rx.el.div(
        _panel(range, FAILING, beside=beside, untold=untold),
        _panel(range, SLOWEST, beside=beside, untold=untold),
        class_name="dash-panels",
    )


def now_panels(live: Live) -> rx.Component:
    """Return what has just failed, what comes, who works, and how the server's parts are."""
    health = live.about["health"].to(dict[str, Any])["status"]
    checks = Panel(
        "Health",
        ("health", "checks"),
        _check_row,
        ("Part", "Health"),
        ("No single checks", lacking(Ability.HEALTH)),
    )
    overall = rx.cond(health & ~lacking(Ability.HEALTH).bool(), health_status(health.to(str)))
    failed = to("All failures", href="/failures")
    idle = rx.cond(live.answered("idle"), _dim(number(live.about["idle"]), " idle"))
    untold = rx.cond(live.answered("health") & lacking(Ability.QUEUE).bool(), NO_WORKERS, "")
    return rx.el.div(
        _panel(live, FAILURES, beside=failed),
        _panel(live, SCHEDULES, beside=to("Timeline", href="/schedules/timeline"), above=_load(live)),
        _panel(live, WORKERS, beside=idle, untold=untold),
        _panel(live, checks, beside=overall),
        class_name="dash-panels",
    )


def _load(live: Live) -> rx.Component:
    """Return what comes within an hour, in a sentence."""
    load = live.about["load"].to(dict[str, Any])
    work = rx.cond(
        load["work_ms"].is_not_none(), rx.fragment(", about ", figure(load["work_ms"], "ms"), " of work")
    )
    most = rx.cond(
        load["most"].to(int) > 1,
        rx.fragment("; most at ", instant(at=load["most_at"]), ": ", number(load["most"]), " in a minute"),
    )
    runs = rx.cond(load["runs"] == 1, "1 run", rx.fragment(number(load["runs"]), " runs"))
    some = rx.fragment("In the next hour ", runs, work, most, ".")
    words = rx.cond(load["runs"] == 0, "Nothing is due in the next hour.", some)
    return rx.cond(live.answered("load"), rx.el.p(words, class_name="dash-said"))


def _scrolling(title: str, table: rx.Component) -> rx.Component:
    """Return a table that may be long, in a place that the keyboard reaches."""
    attrs = {"aria-label": f"{title}, rows"}
    return rx.el.div(table, class_name="scrolls", role="group", tab_index=0, custom_attrs=attrs)


def _panel(
    live: Live, panel: Panel, *, beside: Any = None, above: Any = None, untold: Any = ""
) -> rx.Component:
    """Return a panel; that there is nothing it says only where the server has answered so.

    `untold` says, where it is not empty, why the server tells nothing of it.
    """
    rows = live.several(*panel.path)
    heads = [
        rx.el.th(name, scope="col", class_name="num" if n and name not in TEXTS else "")
        for n, name in enumerate(panel.heads)
    ]
    table = rx.el.table(
        rx.el.thead(rx.el.tr(*heads)),
        rx.el.tbody(rx.foreach(rows, panel.draw)),
        class_name="table plain-table",
        custom_attrs={"aria-label": panel.title},
    )
    unknown = unknown_state(live.error, Live("link").about["mode"] == "offline")
    # That there was nothing before the server fell silent says nothing of now.
    told = live.answered(*panel.path) & ~live.error.bool()
    silent = rx.cond(untold, empty_state("Not told", untold), unknown)
    otherwise = rx.cond(told, empty_state(*panel.none), silent)
    body = rx.fragment(
        above or rx.fragment(), _scrolling(panel.title, table) if panel.title in LONG else table
    )
    return card(panel.title, rx.cond(rows.length() > 0, body, otherwise), beside=beside)
