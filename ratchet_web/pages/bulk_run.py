"""The panel of a bulk run: what it is about, the question, how far it is, what became of each row.

The address says that it is open, and what of its items is shown: `?bulk=1f2e3d4c.failed.2`.
"""

from typing import Any

import reflex as rx
from reflex.vars import Var

from ratchet_web.components import antd
from ratchet_web.components.abilities import note
from ratchet_web.components.address import param
from ratchet_web.components.browser import pressed
from ratchet_web.components.bulk import FollowRun
from ratchet_web.components.live import Live
from ratchet_web.components.parts import current, facts, failure_notice, link_button, number, progress, to
from ratchet_web.components.status import OUTCOMES, enabled, outcome, status
from ratchet_web.components.ticks import ClearTicks
from ratchet_web.components.times import ago, duration
from ratchet_web.pages.bulk_pace import can_be_paced, first_pace, pace, waiting
from ratchet_web.pages.bulk_runs import other_runs
from ratchet_web.pages.bulk_words import (
    COUNTING,
    GOING,
    NOUNS,
    READY,
    WAITING,
    Row,
    count_of,
    how_many,
    is_in,
    opening,
    title_of,
    to_what,
    verb,
)
from ratchet_web.state.bulk import Bulk

ABORTED = "Aborted. What was not done by then is as it was."


def _state(value: Var[str]) -> rx.Component:
    on, off = enabled(Var.create(True)), enabled(Var.create(False))
    return rx.match(
        value,
        ("ENABLED", on),
        ("DISABLED", off),
        ("GONE", rx.el.span("Not there", class_name="status")),
        status(value),
    )


def _named(run: Row, item: Row) -> rx.Component:
    """Return the link to a row, with the name that people know it by."""
    id = item["id"].to(str)
    one = rx.match(run["noun"], *NOUNS.items(), run["noun"].to(str))
    name = rx.cond(item["name"], " · " + item["name"].to(str), "")
    row = to(one, " ", id, name, href="/" + run["noun"].to(str) + "/" + id)
    return rx.cond(run["verb"] == "create", _queued(item), row)


def _queued(item: Row) -> rx.Component:
    """Return which row of a table it is, and the job that it became."""
    job = item["name"].to(str)
    link = rx.cond(job, rx.fragment(" · ", to("job ", job, href="/jobs/" + job)))
    return rx.el.span("row ", item["id"].to(str), link)


def _counts(pairs: Var[list[dict[str, Any]]], draw: Any) -> rx.Component:
    return rx.el.ul(
        rx.foreach(
            pairs, lambda pair: rx.el.li(draw(pair["what"].to(str)), number(pair["n"]), class_name="row")
        ),
        class_name="row",
    )


def _counting(run: Row) -> rx.Component:
    """Return how far the counting is, and how to stop it."""
    seen = rx.el.p(
        number(run["seen"]), " so far…", class_name="dim", role="status", custom_attrs={"aria-busy": "true"}
    )
    stop = antd.Button.create("Stop counting", loading=Bulk.busy, on_click=Bulk.abort.temporal)
    return rx.fragment(seen, rx.cond(run["waits"], _waits(run)), stop)


def _waits(run: Row) -> rx.Component:
    return rx.el.div(
        run["waits"].to(str), class_name="notice", role="status", custom_attrs={"data-kind": "warn"}
    )


def _question(live: Live) -> rx.Component:
    """Return what is to be confirmed, as a form."""
    run = live.about
    left_out = rx.el.div(
        rx.el.p("Left out, because they cannot be acted on: ", number(run["hindered_total"])),
        rx.el.ul(
            rx.foreach(
                live.several("hindered"), lambda each: rx.el.li(each["what"].to(str), ": ", number(each["n"]))
            )
        ),
        class_name="notice stack",
        custom_attrs={"data-kind": "warn"},
    )
    examples = rx.el.ul(
        rx.foreach(
            live.several("examples"),
            lambda item: rx.el.li(_state(item["was"].to(str)), " ", _named(run, item), class_name="row"),
        ),
        class_name="stack tight",
    )
    narrowed = rx.cond(run["narrowed"], "All that match: " + run["narrowed"].to(str) + ".", "The whole list.")
    return rx.el.form(
        rx.cond(run["every"], rx.el.p(narrowed)),
        rx.el.section(
            rx.el.h2("What they are"), _counts(live.several("states"), _state), class_name="stack tight"
        ),
        rx.cond(run["hindered_total"].to(int) > 0, left_out),
        rx.cond(
            run["total"].to(int) > 0,
            rx.el.section(rx.el.h2("For example"), examples, class_name="stack tight"),
        ),
        rx.cond(run["trouble"], _trouble(run), _confirmation(run)),
        class_name="stack",
        key=run["run"].to(str),
        on_submit=Bulk.start.temporal,
    )


def _confirmation(run: Row) -> rx.Component:
    takes = rx.cond(
        run["remaining_ms"].is_not_none(),
        _about(run["remaining_ms"].to(int)),
        "shown once it runs",
    )
    left = rx.fragment(number(run["requests"]), " of ", number(run["left_today"]), " left for today (UTC)")
    requests = rx.cond(run["limited"], facts(("Takes", takes), ("Requests", left)), facts(("Takes", takes)))
    said = rx.el.p(
        "Only these rows are acted on, whatever comes meanwhile. Those that no longer allow it are skipped.",
        class_name="dim",
    )
    destroys = Var.create(["cancel", "disable"]).contains(run["verb"].to(str))
    label = rx.el.span(verb(run, 0), " ", how_many(run, "possible"), to_what(run))
    is_pressed, press = pressed(Bulk.busy, "start")
    start = antd.Button.create(
        label,
        type="primary",
        danger=destroys,
        html_type="submit",
        loading=Bulk.busy,
        disabled=is_pressed,
        custom_attrs={"onClickCapture": press},
    )
    keep = antd.Button.create("Do nothing", custom_attrs={"onClick": opening(None)})
    return rx.el.div(
        requests,
        rx.cond(run["caveat"], note(run["caveat"].to(str))),
        said,
        rx.cond(run["keeps_reason"], _reason()),
        rx.cond(can_be_paced(run), first_pace()),
        rx.cond(run["to_type"], _number(run)),
        rx.cond(Bulk.wrong, rx.el.p(Bulk.wrong, class_name="form-error", role="alert")),
        rx.el.div(start, keep, class_name="row"),
        class_name="stack",
    )


def _about(ms: Var[int]) -> rx.Component:
    return rx.el.span(rx.cond(ms < 1000, "about a second", rx.fragment("about ", duration(ms=ms))))


def _reason() -> rx.Component:
    field = antd.Input.create(
        max_length=1_000, custom_attrs={"name": "reason", "id": "bulk-reason", "autoComplete": "off"}
    )
    return rx.el.div(
        rx.el.label("Reason (optional)", html_for="bulk-reason", class_name="label"),
        field,
        rx.el.span("The server keeps it with the run.", class_name="hint"),
        class_name="field",
    )


def _number(run: Row) -> rx.Component:
    asked = run["to_type"]
    pattern = Var(
        f"Number({asked!s}).toLocaleString('en').replaceAll(',', ',?')", _var_data=asked._get_all_var_data()
    )
    field = antd.Input.create(
        max_length=10,
        custom_attrs={
            "name": "number",
            "id": "bulk-number",
            "required": True,
            "pattern": pattern,
            "title": "Type the number that stands above.",
            "inputMode": "numeric",
            "autoComplete": "off",
        },
    )
    return rx.el.div(
        rx.el.label(
            "Type ", rx.el.b(number(asked)), " to confirm", html_for="bulk-number", class_name="label"
        ),
        field,
        class_name="field",
    )


def _trouble(run: Row) -> rx.Component:
    return rx.el.div(
        run["trouble"].to(str), class_name="notice", role="alert", custom_attrs={"data-kind": "warn"}
    )


def _progress(live: Live) -> rx.Component:
    """Return how far it is, and what can be done about it."""
    run = live.about
    going = is_in(run, GOING)
    known = rx.cond(
        run["remaining_ms"].is_not_none(),
        _about(run["remaining_ms"].to(int)),
        "not known yet",
    )
    left = rx.cond(run["pace"] == "0", "paused", known)
    rate = rx.cond(
        run["per_s"].is_not_none(), rx.fragment(run["per_s"].to(str), " a second"), "not known yet"
    )
    began = rx.cond(run["began_at"], ago(at=run["began_at"]), "–")
    moving = facts(("Began", began), ("Rate", rate), ("Time left", left))
    ended = facts(("Began", began), ("Ended", rx.cond(run["ended_at"], ago(at=run["ended_at"]), "–")))
    reason = rx.el.p("Reason: ", run["reason"].to(str), class_name="dim")
    return rx.fragment(
        progress(run["progress"], wide=True),
        _said(run),
        rx.cond(going, rx.cond(run["waits"], facts(("Began", began)), moving), ended),
        rx.cond(run["reason"], reason),
        rx.cond(run["waits"], _waits(run)),
        rx.cond(run["trouble"], _trouble(run)),
        rx.cond((run["phase"] == "aborted") & ~run["trouble"].bool(), note(ABORTED)),
        rx.cond(going & can_be_paced(run), pace(run)),
        rx.el.div(rx.cond(going, _abort(run), _afterwards(run)), class_name="row"),
        _items(live),
    )


def _said(run: Row) -> rx.Component:
    """Return what a screen reader is told: each tenth, and the end."""
    done = run["progress"]
    tenth = Var(f"Math.floor({done!s} * 10) * 10", _var_data=done._get_all_var_data()).to(str)
    words = rx.cond(is_in(run, GOING), rx.fragment(tenth, " % done"), title_of(run))
    return rx.el.div(words, class_name="visually-hidden", role="status", custom_attrs={"aria-live": "polite"})


def _abort(run: Row) -> rx.Component:
    stopping = run["phase"] == "aborting"
    return antd.Button.create(
        rx.cond(stopping, "Aborting…", "Abort"),
        danger=True,
        disabled=stopping,
        loading=Bulk.busy,
        on_click=Bulk.abort.temporal,
    )


def _afterwards(run: Row) -> rx.Component:
    amiss = (count_of(run, "failed") > 0) | (count_of(run, "refused") > 0) | (count_of(run, "left") > 0)
    again = antd.Button.create("Try the rest again…", loading=Bulk.busy, on_click=Bulk.again.temporal)
    # What became of the jobs themselves is told by their list.
    jobs = link_button("See this task's jobs", "/jobs?task=" + run["task"].to(str))
    return rx.fragment(
        rx.cond(run["task"], jobs),
        rx.cond(amiss, again),
        antd.Button.create("Export CSV", on_click=Bulk.export("csv")),
        antd.Button.create("Export JSON lines", on_click=Bulk.export("jsonl")),
    )


def _items(live: Live) -> rx.Component:
    run = live.about
    shown, page, key = run["outcome"].to(str), run["page"].to(int), run["run"].to(str)
    ended = ~is_in(run, GOING)

    def segment(name: str, word: Any, count: Any) -> rx.Component:
        return rx.el.button(
            word,
            rx.el.span(number(count), class_name="count"),
            type="button",
            custom_attrs={"onClick": opening(key + f".{name}"), "aria-current": current(shown == name)},
        )

    left = rx.cond(ended, "Not done", "Left")
    words = {name: look[2] for name, look in OUTCOMES.items()} | {"left": left}
    filters = rx.el.div(
        segment("all", "All", run["total"]),
        *[segment(name, word, count_of(run, name)) for name, word in words.items()],
        class_name="segments",
        role="group",
        custom_attrs={"aria-label": "Result"},
    )
    rows = rx.el.ul(
        rx.foreach(live.rows, lambda item: _item(run, item, left)),
        class_name="items",
        custom_attrs={"aria-label": "Rows"},
    )

    def turn(label: str, by: int) -> rx.Component:
        there = key + "." + shown + "." + (page + by).to_string()
        return antd.Button.create(label, size="small", custom_attrs={"onClick": opening(there)})

    pager = rx.el.div(
        rx.cond(page > 1, turn("‹ Previous", -1)), rx.cond(run["more"], turn("Next ›", 1)), class_name="row"
    )
    nothing = rx.el.p("None.", class_name="dim")
    return rx.fragment(filters, rx.cond(live.rows.length() > 0, rows, nothing), pager)


def _item(run: Row, item: Row, left: Any) -> rx.Component:
    told = rx.cond(item["note"], rx.el.span(item["note"].to(str), class_name="dim"))
    return rx.el.li(outcome(item["outcome"].to(str), left), _named(run, item), told, key=item["id"].to(str))


@rx.memo
def bulk_panel() -> rx.Component:
    """The panel; mounted once, in the frame."""
    chosen = param("bulk")
    live = Live("bulk/" + chosen.to(str))
    run, failed = live.about, live.error
    asked = is_in(run, COUNTING + READY)
    begun = rx.cond(is_in(run, WAITING), waiting(run), _progress(live))
    known = rx.cond(is_in(run, COUNTING), _counting(run), rx.cond(is_in(run, READY), _question(live), begun))
    body = rx.cond(
        failed,
        failure_notice(failed),
        rx.cond(live.ready, known, rx.el.p("Loading…", class_name="dim")),
    )
    return antd.Drawer.create(
        rx.el.div(
            body,
            rx.cond(live.ready & ~asked, other_runs(run["run"].to(str))),
            FollowRun.create(run=run["run"].to(str)),
            ClearTicks.create(run=run["run"].to(str), asked=asked),
            class_name="stack bulk",
        ),
        open=chosen.is_not_none(),
        title=rx.cond(run["run"], title_of(run), "Bulk run"),
        placement="right",
        size="min(560px, 100vw)",
        # A question stands before the page; while it runs, the page can be used.
        mask=asked,
        destroy_on_hidden=True,
        custom_attrs={"onClose": opening(None), "aria-modal": asked},
    )
