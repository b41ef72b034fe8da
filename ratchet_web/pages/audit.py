"""`/audit`: who did what, when, to which rows, why, and what came of it."""

from typing import Any

import reflex as rx

from ratchet_web.components.list_filters import AuditFilters, TimeFilter
from ratchet_web.components.list_tools import Export
from ratchet_web.components.parts import empty_state, segments, title_bar, to
from ratchet_web.components.tables import Column, cell, data_table
from ratchet_web.components.times import ago
from ratchet_web.pages.lists import beside_title, filter_chips, ignored_notice, list_vars
from ratchet_web.state.audit import RESULTS, Audit

COLUMNS = (
    Column("When", fixed=True),
    Column("Who"),
    Column("What", fixed=True),
    Column("Rows"),
    Column("Result"),
    Column("Why, and what was said"),
    Column("Request", fold=2),
)
PAGES = ("tasks", "executions", "jobs", "schedules", "failures")
UNFIT = "What people did is shown to admins alone."


def _row_link(row: rx.Var[dict[str, Any]], id: rx.Var[str]) -> rx.Component:
    """Return a row's id, as a link where there is a page of it."""
    known = rx.Var.create(list(PAGES)).contains(row["noun"].to(str))
    page = "/" + row["noun"].to(str) + "/" + id
    return rx.el.span(rx.cond(known, to(id, href=page, class_name="mono"), rx.el.code(id)), " ")


def _rows_of(row: rx.Var[dict[str, Any]]) -> rx.Component:
    ids = row["ids"].to(list[str])
    more = rx.cond(row["more"].to(int) > 0, rx.fragment("and ", row["more"].to(str), " more"))
    part = rx.cond(row["part"], rx.fragment(" (part ", row["part"].to(str), ")"))
    return rx.fragment(rx.foreach(ids, lambda id: _row_link(row, id)), more, part)


@rx.memo
def audit_row(row: rx.Var[dict[str, Any]]) -> rx.Component:
    """One entry."""
    where = rx.cond(row["address"], rx.fragment(" from ", row["address"].to(str)))
    role = rx.cond(row["role"], rx.fragment(row["role"].to(str), " "))
    run = rx.cond(row["run"], rx.fragment(rx.el.span("run ", row["run"].to(str), class_name="dim"), " "))
    note = rx.el.span(row["note"].to(str), class_name="dim")
    words = rx.match(row["result"], *RESULTS.items(), row["result"].to(str))
    return rx.el.tr(
        cell(ago(at=row["at"]), phone="end"),
        cell(
            rx.el.span(rx.cond(row["who"], row["who"].to(str), "Anybody")),
            rx.el.span(" ", role, where, class_name="dim"),
            phone="line",
        ),
        cell(row["what"].to(str)),
        cell(_rows_of(row), phone="line"),
        cell(
            rx.el.span(words, class_name="result", custom_attrs={"data-result": row["result"].to(str)}),
            phone="corner",
        ),
        cell(run, row["reason"].to(str), " ", note, phone="line"),
        cell(rx.cond(row["request_id"], rx.el.code(row["request_id"].to(str)), "–"), phone="foot", fold=2),
        class_name="audit-row",
        custom_attrs={"data-id": row["id"].to(str)},
    )


def page() -> rx.Component:
    """Return the page."""
    view = list_vars(Audit)
    empty = empty_state("Nothing written down yet", "What anybody does through this console is kept here.")
    cut = rx.el.div(
        "Only the newest part was looked through, for there is much: narrow the time to see further back.",
        class_name="notice",
        custom_attrs={"data-kind": "warn"},
    )
    export = Export.create(source="/console/audit/export", name="audit", total=None, forms=["csv", "jsonl"])
    filters = rx.el.div(
        segments(Audit.results, None, "Result"),
        TimeFilter.create(what="happened"),
        AuditFilters.create(),
        filter_chips(Audit, view.live),
        class_name="filters",
    )
    shown = rx.fragment(
        title_bar("Audit", *beside_title(view.live), actions=(export,)),
        filters,
        ignored_notice(Audit),
        rx.cond(view.live.about["cut"], cut),
        data_table(view, COLUMNS, audit_row, label="Audit", empty=empty),
    )
    unfit = rx.fragment(title_bar("Audit"), empty_state("Not for your role", UNFIT))
    return rx.cond(Audit.fit, shown, unfit)
