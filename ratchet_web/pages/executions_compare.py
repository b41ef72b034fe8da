"""`/executions/compare`: two executions side by side."""

from typing import Any

import reflex as rx

from ratchet_web.components.abilities import Ability, lacking_note, unless_lacking
from ratchet_web.components.diff import diff_view
from ratchet_web.components.live import Live
from ratchet_web.components.logs import log_view
from ratchet_web.components.parts import empty_state, failure_notice, tab_links, title_bar, to
from ratchet_web.components.payload_diff import payload_diff
from ratchet_web.components.run_line import run_line
from ratchet_web.components.status import status
from ratchet_web.components.times import duration, instant
from ratchet_web.pages.details import missing
from ratchet_web.pages.executions import never_began, started_by
from ratchet_web.state.executions_compare import ExecutionCompare as Compare

Row = rx.Var[dict[str, Any]]


def _link(id: rx.Var[str]) -> rx.Component:
    return to("execution ", id, href="/executions/" + id)


def _text(row: Row, name: str) -> Any:
    return rx.cond(row[name], row[name].to(str), "–")


def _ran(row: Row) -> rx.Component:
    return duration(ms=row["duration_ms"], since=rx.cond(row["status"] == "RUNNING", row["started_at"], None))


def _version(row: Row) -> rx.Component:
    revision = rx.cond(row["task_revision"], rx.fragment(", revision ", row["task_revision"].to(str)))
    return rx.fragment(_text(row, "task_version"), revision)


def _facts(a: Row, b: Row) -> rx.Component:
    """Return what is known of both, with what differs marked in words and colour."""
    lines = (
        ("Task", lambda row: _text(row, "task_name"), ("task_id",)),
        ("Status", lambda row: status(row["status"].to(str)), ("status",)),
        ("Error", lambda row: _text(row, "error_message"), ("error_message",)),
        ("Ran", _ran, ("duration_ms",)),
        ("Waited", lambda row: duration(ms=row["wait_ms"]), ()),
        ("Queued", lambda row: instant(at=row["queued_at"]), ()),
        ("Version", _version, ("task_version", "task_revision")),
        ("Worker", lambda row: _text(row, "worker"), ()),
        ("Started by", started_by, ()),
        ("Timeline", run_line, ()),
    )
    head = rx.el.tr(
        rx.el.th(rx.el.span("What", class_name="visually-hidden"), scope="col"),
        rx.el.th(_link(Compare.a), scope="col"),
        rx.el.th(_link(Compare.b), scope="col"),
    )
    body = [_fact(name, draw(a), draw(b), _differ(a, b, columns)) for name, draw, columns in lines]
    table = rx.el.table(
        rx.el.thead(head),
        rx.el.tbody(*body),
        class_name="compare-facts",
        custom_attrs={"aria-label": "Both executions"},
    )
    return rx.el.div(table, class_name="card spaced")


def _differ(a: Row, b: Row, columns: tuple[str, ...]) -> rx.Var[bool]:
    differ = rx.Var.create(False)
    for column in columns:
        differ = differ | (a[column] != b[column])
    return differ


def _fact(name: str, a: Any, b: Any, differ: rx.Var[bool]) -> rx.Component:
    told = rx.cond(differ, rx.el.span(" (differs)", class_name="visually-hidden"))
    heading = rx.el.th(name, told, scope="row")
    attrs = {"data-differs": rx.cond(differ, "", None)}
    return rx.el.tr(heading, rx.el.td(a), rx.el.td(b), custom_attrs=attrs)


def _source(id: rx.Var[str], part: str) -> rx.Var[str]:
    return "/console/executions/" + id + "/" + part


def _payload(name: str, a: Row, b: Row) -> rx.Component:
    def side(id: rx.Var[str], row: Row) -> dict[str, Any]:
        source = _source(id, f"payloads/{name}")
        return {"text": row[f"{name}_text"], "size": row[f"{name}_size"], "src": source}

    return payload_diff(
        before=side(Compare.a, a),
        after=side(Compare.b, b),
        version=a["status"].to(str) + b["status"].to(str),
        before_label="Execution " + Compare.a,
        after_label="Execution " + Compare.b,
        label=f"Difference of the {name}s",
    )


def _logs(a: Row, b: Row) -> rx.Component:
    def view(id: rx.Var[str], topic: rx.Var[str], row: Row) -> rx.Component:
        label = "Log of execution " + id
        log = log_view(
            _source(id, "logs"), topic + "/logs", height=360, label=label, unbegun=never_began(row)
        )
        return rx.el.div(rx.el.h2(_link(id)), log, class_name="stack tight")

    beside = rx.el.div(
        view(Compare.a, Compare.topic_a, a), view(Compare.b, Compare.topic_b, b), class_name="columns"
    )
    difference = payload_diff(
        before={"src": _source(Compare.a, "logs?n=1000")},
        after={"src": _source(Compare.b, "logs?n=1000")},
        kind="log",
        version=a["log_lines"].to(str) + " " + b["log_lines"].to(str),
        before_label="Execution " + Compare.a,
        after_label="Execution " + Compare.b,
        label="Difference of the logs",
    )
    heading = rx.el.h2("Difference of the first 1,000 lines, times left out", class_name="spaced")
    return unless_lacking(Ability.LOGS, rx.fragment(beside, heading, difference), "No logs")


def _sources() -> rx.Component:
    difference = diff_view(
        Compare.source_a,
        Compare.source_b,
        before_label="Execution " + Compare.a,
        after_label="Execution " + Compare.b,
        label="Difference of the sources",
    )
    read = rx.cond(Compare.source_failure, failure_notice(Compare.source_failure), difference)
    return unless_lacking(Ability.VERSIONS, read, "No sources")


def _tabs(a: Row, b: Row) -> rx.Component:
    base = "/executions/compare?a=" + Compare.a + "&b=" + Compare.b
    tabs = (
        ("Input", base, Compare.tab == "input"),
        ("Output", base + "&tab=output", Compare.tab == "output"),
        ("Log", base + "&tab=log", Compare.tab == "log"),
    )
    source = ("Source", base + "&tab=source", Compare.tab == "source")
    known = a["task_revision"].bool() & b["task_revision"].bool()
    differ = known & _differ(a, b, ("task_id", "task_revision"))
    return rx.fragment(
        rx.cond(differ | (Compare.tab == "source"), tab_links(*tabs, source), tab_links(*tabs)),
        rx.match(
            Compare.tab,
            ("output", _payload("output", a, b)),
            ("log", _logs(a, b)),
            ("source", _sources()),
            rx.fragment(lacking_note(Ability.INPUT), _payload("input", a, b)),
        ),
    )


def _trouble(live: Live, id: rx.Var[str]) -> rx.Component:
    none = rx.el.div(rx.el.p("Execution ", id), missing("execution"), class_name="stack tight spaced")
    absent = rx.cond(live.error["kind"] == "NotFound", none, failure_notice(live.error))
    return rx.cond(live.error.bool() & ~live.row["id"].bool(), absent)


def page() -> rx.Component:
    """Return the page."""
    first, second = Live(Compare.topic_a), Live(Compare.topic_b)
    a, b = first.row, second.row
    swapped = "/executions/compare?a=" + Compare.b + "&b=" + Compare.a + "&tab=" + Compare.tab
    known = rx.fragment(_facts(a, b), _tabs(a, b))
    waiting = rx.el.div(
        rx.el.span(class_name="skeleton"), class_name="pad", custom_attrs={"aria-busy": "true"}
    )
    failed = first.error.bool() | second.error.bool()
    both = rx.cond(a["id"].bool() & b["id"].bool(), known, rx.cond(failed, rx.fragment(), waiting))
    unchosen = rx.el.div(
        empty_state(
            "Two executions are compared",
            "Tick two in the list, or open an attempt's “Compare with”.",
            to("All executions", href="/executions"),
        ),
        class_name="card spaced",
    )
    swap = rx.cond(Compare.a.bool() & Compare.b.bool(), to("Swap", href=swapped, replace=True))
    return rx.fragment(
        title_bar("Compare executions", actions=(swap,)),
        rx.cond(
            Compare.a.bool() & Compare.b.bool(),
            rx.fragment(_trouble(first, Compare.a), _trouble(second, Compare.b), both),
            unchosen,
        ),
    )
