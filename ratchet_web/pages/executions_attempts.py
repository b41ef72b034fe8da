"""The attempts that belong to an execution, each with what is different from the one before."""

from typing import Any

import reflex as rx

from ratchet_web.components.icons import icon
from ratchet_web.components.live import Live
from ratchet_web.components.parts import current, empty_state, to
from ratchet_web.components.status import status
from ratchet_web.components.times import ago, duration
from ratchet_web.pages.details import unknown_card
from ratchet_web.state.executions_detail import ExecutionDetail

Row = rx.Var[dict[str, Any]]
ERRORS = {"same": "Same error", "other": "Other error", "new": "An error it did not have", "gone": "No error"}


def _longer(difference: Row) -> rx.Component:
    longer = difference["longer_ms"].to(int)
    shown = rx.cond(
        longer > 0,
        rx.fragment(duration(ms=longer), " longer"),
        rx.cond(longer < 0, rx.fragment(duration(ms=0 - longer), " shorter"), "As long"),
    )
    return rx.cond(difference["longer_ms"].is_not_none(), rx.el.span(shown, class_name="chip"))


def _difference(row: Row) -> rx.Component:
    """Return how it differs from the one before it."""
    told = row["difference"].to(dict[str, Any])
    input = rx.match(
        told["input_changed"].to_string(),
        ("true", rx.el.span("Input changed", class_name="chip")),
        ("false", rx.el.span("Same input", class_name="chip")),
        rx.el.span("Inputs too large to compare here", class_name="chip"),
    )
    version = told["version"].to(str)
    versions = rx.el.span(rx.cond(version, "Version " + version, "Same version"), class_name="chip")
    error = rx.match(
        told["error"].to(str),
        *[(word, rx.el.span(text, class_name="chip")) for word, text in ERRORS.items()],
        rx.fragment(),
    )
    address = "/executions/compare?a=" + told["before"].to(str) + "&b=" + row["id"].to(str)
    compare = to("Compare with ", told["before"].to(str), href=address, class_name="link")
    return rx.el.div(input, versions, _longer(told), error, compare, class_name="row attempt-difference")


def _why(row: Row) -> rx.Component:
    """Return why there was this attempt."""
    retry = rx.fragment(
        "retry of ", to(row["retry_of"].to(str), href="/executions/" + row["retry_of"].to(str))
    )
    job = rx.fragment(
        "attempt ",
        row["attempt"].to(str),
        " of ",
        to("job ", row["job_id"].to(str), href="/jobs/" + row["job_id"].to(str)),
    )
    return rx.el.span(rx.cond(row["job_id"], job, rx.cond(row["retry_of"], retry, "first run")))


@rx.memo
def attempt(row: rx.Var[dict[str, Any]], open: rx.Var[str]) -> rx.Component:
    """One attempt; `open` is the execution that the page shows."""
    id = row["id"].to(str)
    running = rx.cond(row["status"] == "RUNNING", row["started_at"], None)
    head = rx.el.div(
        to("Execution ", id, href="/executions/" + id + "?tab=attempts", class_name="attempt-id"),
        status(row["status"].to(str)),
        rx.cond(id == open, rx.el.span("this one", class_name="pill")),
        _why(row),
        class_name="row",
    )
    facts = rx.el.p(
        "queued ",
        ago(at=row["queued_at"]),
        rx.cond(row["wait_ms"].is_not_none(), rx.fragment(" · waited ", duration(ms=row["wait_ms"]))),
        rx.cond(row["started_at"], rx.fragment(" · ran ", duration(ms=row["duration_ms"], since=running))),
        rx.cond(row["worker"], rx.fragment(" · ", row["worker"].to(str))),
        class_name="dim",
    )
    error = rx.cond(
        row["error_message"],
        rx.el.p(icon("warning"), row["error_message"].to(str), class_name="attempt-error"),
    )
    different = rx.cond(row["difference"], _difference(row))
    attrs = {"aria-current": current(id == open)}
    return rx.el.li(head, facts, error, different, class_name="attempt", custom_attrs=attrs)


def attempts() -> rx.Component:
    """Return the lineage of the open execution, the oldest first."""
    live = Live(ExecutionDetail.attempts_topic)
    id = ExecutionDetail.id
    rows = rx.foreach(live.rows, lambda row: rx.fragment(attempt(row=row, open=id), key=row["id"].to(str)))
    earlier = rx.cond(live.about["more_before"], _more("Earlier attempts are not shown: open the first."))
    later = rx.cond(live.about["more_after"], _more("Later attempts are not shown: open the last."))
    listed = rx.fragment(earlier, rx.el.ol(rows, class_name="attempts"), later)
    alone = rx.el.p("It was neither retried nor is it a retry.", class_name="dim spaced")
    shown = rx.fragment(listed, rx.cond(live.rows.length() == 1, alone))
    unknown = unknown_card(live.error)
    none = rx.el.div(empty_state("No attempts", "The server tells of none."), class_name="card")
    told = live.ready & ~live.error.bool()
    return rx.cond(live.rows.length() > 0, shown, rx.cond(told, none, unknown))


def _more(words: str) -> rx.Component:
    return rx.el.p(words, class_name="dim spaced")
