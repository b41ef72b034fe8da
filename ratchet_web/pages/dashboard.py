"""`/`: is something wrong, and where; then figures against the period before, charts, and what comes."""

from typing import Any

import reflex as rx

from ratchet_web.components.abilities import Ability, lacking
from ratchet_web.components.dashboard import change_of
from ratchet_web.components.icons import icon
from ratchet_web.components.live import Live
from ratchet_web.components.parts import (
    card,
    failure_notice,
    link_button,
    number,
    segments,
    title_bar,
    to,
)
from ratchet_web.components.system import Unit, figure
from ratchet_web.components.times import duration, instant
from ratchet_web.pages.acts import Act, if_may
from ratchet_web.pages.dashboard_charts import charts
from ratchet_web.pages.dashboard_panels import now_panels, tops
from ratchet_web.pages.pauses import pause_notice
from ratchet_web.pages.run import run_button
from ratchet_web.state.dashboard import Dashboard

Row = rx.Var[dict[str, Any]]
MEAN = "mean "


def _alert(row: Row) -> rx.Component:
    words = rx.el.div(rx.el.h2(row["title"]), rx.el.p(row["words"]), class_name="alert-words")
    return rx.el.li(
        icon("warning"),
        words,
        link_button(row["link"].to(str), row["href"].to(str)),
        class_name="alert",
        key=row["id"].to(str),
        custom_attrs={"data-level": row["level"]},
    )


def _calm(live: Live) -> rx.Component:
    unjudged = live.several("unjudged").to(list[str])
    some = rx.fragment("Not told here: ", unjudged.join(", "), ".")
    every = "Jobs begin, workers are there, schedules fire in time, and failures are not above their normal."
    words = rx.el.span(rx.el.b("Nothing seems wrong. "), rx.cond(unjudged.length() > 0, some, every))
    return rx.el.div(icon("check"), words, class_name="calm")


def _alerts(live: Live) -> rx.Component:
    """Return what is wrong; of a server that is silent, or not asked yet, no all-clear."""
    found = live.several("alerts")
    rows = rx.el.ul(rx.foreach(found, _alert), class_name="alerts", style={"marginTop": 0})
    awaited = rx.el.div(
        rx.el.span(class_name="skeleton"), class_name="calm", custom_attrs={"aria-busy": "true"}
    )
    silent = live.error.bool() | (Live("link").about["mode"] == "offline")
    unknown = rx.el.div("Whether something is wrong is not known.", class_name="calm")
    nothing = rx.cond(silent, unknown, rx.cond(live.answered("alerts"), _calm(live), awaited))
    some = rx.cond(found.length() == 1, "1 alert", rx.fragment(found.length(), " alerts"))
    many = rx.cond(found.length() > 0, some, "")
    return rx.el.section(
        rx.el.span(many, role="status", class_name="visually-hidden"),
        rx.cond(found.length() > 0, rows, nothing),
        class_name="alerts",
        custom_attrs={"aria-label": "Alerts"},
    )


def _kpi(label: str, href: Any, *parts: rx.Component, wide: bool = False) -> rx.Component:
    head = rx.el.span(label, class_name="label")
    return to(head, *parts, href=href, class_name="card kpi wide" if wide else "card kpi")


def _pair(range: Live, label: str, href: Any, name: str) -> rx.Component:
    found = range.about["figures"].to(dict[str, Any])

    def one(which: str) -> rx.Component:
        change = found[f"{name}_{which}"].to(dict[str, Any])
        value = rx.el.span(figure(change["value"], "ms"), class_name="value")
        return rx.el.span(rx.el.span(which, class_name="which"), value, _beside(range, change, "ms"))

    return _kpi(label, href, rx.el.span(one("p50"), one("p95"), class_name="pair"), wide=True)


def _beside(range: Live, change: Row, unit: Unit, label: str = "") -> rx.Component:
    """Return how a figure changed; nothing where there are no figures of the time before."""
    return rx.cond(_is_alone(range), rx.fragment(), change_of(change, unit, label))


def _is_alone(range: Live) -> rx.Var[bool]:
    return range.answered("beside") & ~range.about["beside"].bool()


def _figures(now: Live, range: Live) -> rx.Component:
    executions, queue = now.about["executions"].to(dict[str, Any]), now.about["queue"].to(dict[str, Any])
    found = range.about["figures"].to(dict[str, Any])
    pool = now.several("workers").length()
    words = rx.cond(pool == 1, " worker", " workers")
    workers = rx.cond(now.answered("workers"), rx.el.span("of ", pool, words, class_name="dim"))
    oldest = rx.cond(
        queue["oldest_at"], rx.el.span("oldest ", duration(since=queue["oldest_at"]), class_name="dim")
    )
    # Their figures are of what ended in the time, whenever it was queued.
    ended = "ended=" + Dashboard.range

    def value(text: Any, *beside: Any) -> rx.Component:
        return rx.el.span(rx.el.span(text, class_name="value"), *beside, class_name="head")

    def of(name: str) -> Row:
        return found[name].to(dict[str, Any])

    return rx.el.div(
        _kpi(
            "Running",
            "/executions?status=RUNNING",
            value(number(executions["running_executions"]), workers),
            _beside(range, of("running"), "count", MEAN),
        ),
        _kpi(
            "Queued",
            "/jobs/queue",
            value(number(queue["now"]), oldest),
            _beside(range, of("queued"), "count", MEAN),
        ),
        _kpi(
            "Failed",
            "/executions?sort=-completed_at&status=FAILED&" + ended,
            value(number(of("failed")["value"])),
            _beside(range, of("failed"), "count"),
        ),
        _kpi(
            "Success rate",
            "/executions?sort=-completed_at&" + ended,
            value(figure(of("success")["value"], "percent")),
            _beside(range, of("success"), "percent"),
        ),
        _pair(range, "Wait time", "/jobs/queue", "wait"),
        _pair(range, "Run time", "/executions?sort=-duration_ms&" + ended, "run"),
        class_name="dash-kpis",
    )


def _begin() -> rx.Component:
    """Return how to begin, on a server on which nothing has run yet."""
    writing = if_may(Act.EDIT_TASK, link_button("New task", "/tasks/new"))
    scheduling = if_may(Act.EDIT_SCHEDULE, link_button("New schedule", "/schedules/new"))
    running = "Once, or for each row of a file; watch its log while it runs."
    steps = (
        ("Write a task", "A task is a JavaScript function with an input.", writing),
        ("Run it", running, link_button("See the tasks", "/tasks")),
        ("Schedule it", "A schedule queues it whenever it is due.", scheduling),
    )
    rows = [rx.el.li(rx.el.h3(title), rx.el.p(words), link) for title, words, link in steps]
    told = rx.el.p("Figures and charts show up here once something has run.", class_name="dash-said")
    return rx.el.div(
        card("Nothing has run yet", told, rx.el.ol(*rows, class_name="begin")), class_name="spaced"
    )


def _range_in_words(range: Live) -> rx.Component:
    """Return of which time the figures are, and what stands beside them."""
    alone = _is_alone(range)
    before = rx.fragment(" beside the ", Dashboard.words, " before")
    return rx.el.span(
        "last ",
        Dashboard.words,
        rx.cond(alone, "; there are no figures of the time before", before),
        class_name="total dash-range",
        custom_attrs={"data-alone": rx.cond(alone, "", None)},
    )


def _counted(range: Live) -> rx.Component:
    """Return from when on the console counts, where the server keeps no figures over time."""
    why, since = lacking(Ability.SERIES), range.about["since"]
    words = rx.fragment(" It has counted since ", instant(at=since), ", while it was looked at.")
    begun = rx.cond(since, words)
    said = rx.el.span(why, begun)
    note = rx.el.div(said, class_name="notice", role="note", custom_attrs={"data-kind": "info"})
    return rx.cond(why, note)


def page() -> rx.Component:
    """Return the page."""
    now, range = Live("dashboard"), Live(Dashboard.topic)
    total = now.about["executions"].to(dict[str, Any])["total_executions"]
    jobs = now.about["jobs"].to(dict[str, Any])["total_jobs"]
    new = (total == 0) & (jobs == 0)
    filled = rx.fragment(charts(range, now), tops(range))
    ignored = rx.fragment("The address asks for something unknown: ", Dashboard.ignored, ". It is left out.")
    return rx.fragment(
        title_bar(
            "Dashboard",
            _range_in_words(range),
            actions=(segments(Dashboard.ranges, None, "Range"), if_may(Act.RUN_TASK, run_button())),
        ),
        rx.cond(
            Dashboard.ignored,
            rx.el.div(ignored, class_name="notice", custom_attrs={"data-kind": "warn"}),
        ),
        rx.cond(now.error, failure_notice(now.error, now.about["stale_since"])),
        pause_notice(),
        _alerts(now),
        _figures(now, range),
        _counted(range),
        rx.cond(new, _begin(), filled),
        now_panels(now),
    )
