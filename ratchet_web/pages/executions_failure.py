"""Why an execution failed: the likely kind, the line of the source, the stack."""

from typing import Any

import reflex as rx

from ratchet_web.components.icons import icon
from ratchet_web.components.live import Live
from ratchet_web.components.parts import copy_button, to
from ratchet_web.pages.acts import Act, if_may

Row = rx.Var[dict[str, Any]]


def failure_card(live: Live, *, beside_others: bool = False) -> rx.Component:
    """Return what is known of a failure; nothing where it did not fail.

    `beside_others`: the page is about all failures like it, and needs no link to them.
    """
    row, failure = live.row, live.about["failure"].to(dict[str, Any])
    message = row["error_message"].to(str)
    head = rx.el.div(
        # A long message scrolls in its place: the keyboard must get there.
        rx.el.h2(rx.cond(message, message, "It failed, and nobody says why."), tab_index=0),
        rx.cond(message, copy_button(message, "error")),
        class_name="failure-head",
    )
    card = rx.el.section(
        head,
        _likely(live, row, failure, beside_others),
        _excerpt(live, row, failure),
        _stack(live, row, failure),
        class_name="card pad failure",
        custom_attrs={"aria-label": "Error"},
    )
    return rx.cond(live.answered("failure"), card)


def edit_task(row: Row, failure: Row) -> rx.Component:
    """Return the link to the editor of the task: at the line where it failed, while that is there."""
    href = "/tasks/" + row["task_id"].to(str) + "/edit"
    line = failure["place"].to(dict[str, Any])["line"]
    at_line = href + "?line=" + line.to(str)
    there = rx.cond(failure["current"].bool() & line.bool(), at_line, href)
    link = to("Edit the task", href=there, class_name="link")
    return if_may(Act.EDIT_TASK, rx.cond(row["task_id"], link))


def _likely(live: Live, row: Row, failure: Row, beside_others: bool) -> rx.Component:
    kind = rx.el.span(icon("warning"), failure["word"].to(str), class_name="status bad")
    words = rx.cond(failure["grouped"], "All failures like this", "Same failures")
    same = (
        None
        if beside_others
        else rx.cond(failure["same"], to(words, href=failure["same"].to(str), class_name="link"))
    )
    # Where lines of the source are shown, the link stands above them.
    edit = rx.cond(live.several("failure", "lines").length() > 0, None, edit_task(row, failure))
    advice = rx.el.span(failure["advice"].to(str))
    ways = rx.cond(failure["kind"] == "schema", _unfit(row))
    return rx.el.p(kind, advice, ways, same, edit, class_name="row failure-likely")


def _unfit(row: Row) -> rx.Component:
    """Return where a value that does not fit its schema can be seen, and where the schema."""
    schemas = to(
        "The task's schemas", href="/tasks/" + row["task_id"].to(str) + "?tab=schemas", class_name="link"
    )
    output = to("The output", href="/executions/" + row["id"].to(str) + "?tab=data", class_name="link")
    returned = row["output_text"].bool() | row["output_size"].bool()
    return rx.fragment(rx.cond(row["task_id"], schemas), " ", rx.cond(returned, output))


def _excerpt(live: Live, row: Row, failure: Row) -> rx.Component:
    place = failure["place"].to(dict[str, Any])
    where = rx.el.span(
        "Line ",
        place["line"].to(str),
        rx.cond(place["column"], rx.fragment(", column ", place["column"].to(str))),
        rx.cond(place["call"], rx.fragment(", in ", rx.el.code(place["call"].to(str)))),
    )
    head = rx.el.figcaption(where, rx.el.span(class_name="grow"), *_ways(row, failure, place))
    lines = rx.foreach(live.several("failure", "lines"), _line)
    shown = rx.el.figure(
        head,
        rx.el.ol(lines, class_name="source-lines", tab_index=0, custom_attrs={"aria-label": "Source"}),
        class_name="source",
    )
    unknown = rx.el.p(where, " of the source that ran, which this server does not keep.", class_name="dim")
    return rx.cond(failure["place"], rx.cond(live.several("failure", "lines").length() > 0, shown, unknown))


def _ways(row: Row, failure: Row, place: Row) -> tuple[rx.Component, ...]:
    """Return where the source can be seen and changed."""
    task = "/tasks/" + row["task_id"].to(str)
    opened = to("Open the source", href=task + "?tab=source#L" + place["line"].to(str), class_name="link")
    older = rx.el.span("of revision ", failure["revision"].to(str), "; the task was changed since")
    return rx.cond(failure["current"], opened, older), edit_task(row, failure)


def _line(line: Row) -> rx.Component:
    told = rx.cond(line["marked"], rx.el.span("It failed here: ", class_name="visually-hidden"))
    number = rx.el.span(line["id"].to(str), class_name="source-number", custom_attrs={"aria-hidden": "true"})
    attrs = {"data-marked": rx.cond(line["marked"], "", None)}
    return rx.el.li(number, rx.el.code(told, line["text"].to(str)), custom_attrs=attrs)


def _stack(live: Live, row: Row, failure: Row) -> rx.Component:
    frames = live.several("failure", "frames")

    def frame(each: Row) -> rx.Component:
        place = "/tasks/" + row["task_id"].to(str) + "?tab=source#L" + each["line"].to(str)
        linked = to(each["text"].to(str), href=place)
        code = rx.cond(each["code"], rx.el.code(each["code"].to(str), class_name="dim"))
        reachable = failure["current"].bool() & each["line"].bool()
        return rx.el.li(rx.cond(reachable, linked, rx.el.span(each["text"].to(str))), code)

    summary = rx.el.summary("Stack, ", frames.length(), rx.cond(frames.length() == 1, " frame", " frames"))
    listed = rx.el.details(
        summary, rx.el.ol(rx.foreach(frames, frame), class_name="mono"), class_name="stack-frames"
    )
    return rx.cond(frames.length() > 0, listed)
