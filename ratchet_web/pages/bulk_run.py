"""The panel of a bulk run: what it is about, the question, how far it is, what became of each row.

The address says that it is open, and what of its items is shown: `?bulk=1f2e3d4c.failed.2`.
"""

from typing import Any

import reflex as rx
from reflex.vars import Var

from ratchet_web.components import antd
from ratchet_web.components.abilities import note
from ratchet_web.components.address import param, set_param
from ratchet_web.components.icons import icon
from ratchet_web.components.live import Live
from ratchet_web.components.parts import current, facts, failure_notice, number, progress, to
from ratchet_web.components.status import OUTCOMES, enabled, outcome, status
from ratchet_web.components.ticks import ClearTicks
from ratchet_web.components.times import ago, duration
from ratchet_web.state.bulk import Bulk

Row = Var[dict[str, Any]]
# To do, being done, done.
VERBS = {
    "cancel": ("Cancel", "Cancelling", "Cancelled"),
    "retry": ("Retry", "Retrying", "Retried"),
    "enable": ("Enable", "Enabling", "Enabled"),
    "disable": ("Disable", "Disabling", "Disabled"),
}
NOUNS = {"jobs": "job", "executions": "execution", "tasks": "task", "schedules": "schedule"}
ABORTED = "Aborted. What was not done by then is as it was."
COUNTING, READY, GOING = ("counting",), ("ready",), ("running", "aborting")


def _is(run: Row, phases: tuple[str, ...]) -> Var[bool]:
    return Var.create(list(phases)).contains(run["phase"].to(str))


def _verb(run: Row, form: int) -> Var[str]:
    return rx.match(run["verb"], *((verb, words[form]) for verb, words in VERBS.items()), run["verb"].to(str))


def _rows(run: Row) -> rx.Component:
    """Return how many rows of what it is about: `117 jobs`."""
    total = run["total"].to(int)
    one = rx.match(run["noun"], *NOUNS.items(), run["noun"].to(str))
    return rx.fragment(number(total), " ", rx.cond(total == 1, one, run["noun"].to(str)))


def _count(run: Row, outcome: str) -> Var[int]:
    return run["counts"].to(dict[str, int])[outcome]


def _open(value: Any) -> Var[Any]:
    """Return the browser's function that shows a run, or with null closes the panel."""
    setter = set_param("bulk")
    data = Var.create(value)._get_all_var_data() if value is not None else None
    text = "null" if value is None else str(Var.create(value))
    return (
        Var(f"(() => {setter!s}({text}))", _var_data=setter._get_all_var_data())
        .to(Any)
        ._replace(merge_var_data=data)
    )


def _title(run: Row) -> rx.Component:
    ended = rx.fragment(_verb(run, 2), " ", number(_count(run, "done")), " of ", _rows(run))
    return rx.cond(
        _is(run, COUNTING),
        rx.fragment("Counting the ", run["noun"].to(str)),
        rx.cond(
            _is(run, READY),
            rx.fragment(_verb(run, 0), " ", _rows(run), "?"),
            rx.cond(_is(run, GOING), rx.fragment(_verb(run, 1), " ", _rows(run)), ended),
        ),
    )


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
    return to(one, " ", id, name, href="/" + run["noun"].to(str) + "/" + id)


def _counts(pairs: Var[list[dict[str, Any]]], draw: Any) -> rx.Component:
    return rx.el.ul(
        rx.foreach(
            pairs, lambda pair: rx.el.li(draw(pair["what"].to(str)), number(pair["n"]), class_name="row")
        ),
        class_name="row",
    )


def _question(live: Live) -> rx.Component:
    """Return what is to be confirmed, as a form."""
    run = live.about
    left_out = rx.el.div(
        rx.el.p(number(run["hindered_total"]), " cannot be acted on and are left out:"),
        rx.el.ul(
            rx.foreach(
                live.several("hindered"), lambda each: rx.el.li(number(each["n"]), " ", each["what"].to(str))
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
    return rx.el.form(
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
        rx.cond(run["keeps_reason"], "shown once it runs: the server does it itself", "shown once it runs"),
    )
    left = rx.fragment(number(run["requests"]), " of ", number(run["left_today"]), " left for today (UTC)")
    requests = rx.cond(run["limited"], facts(("Takes", takes), ("Requests", left)), facts(("Takes", takes)))
    said = rx.el.p(
        "Only these rows are acted on, whatever comes meanwhile. A row that has changed by then is skipped.",
        class_name="dim",
    )
    destroys = Var.create(["cancel", "disable"]).contains(run["verb"].to(str))
    label = rx.el.span(_verb(run, 0), " ", _rows(run))
    start = antd.Button.create(label, type="primary", danger=destroys, html_type="submit", loading=Bulk.busy)
    keep = antd.Button.create("Do nothing", custom_attrs={"onClick": _open(None)})
    return rx.el.div(
        requests,
        rx.cond(run["caveat"], note(run["caveat"].to(str))),
        said,
        rx.cond(run["keeps_reason"], _reason()),
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
        rx.el.label("Reason", html_for="bulk-reason", class_name="label"),
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
            "title": "The number of rows",
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
    going = _is(run, GOING)
    left = rx.cond(
        run["remaining_ms"].is_not_none(),
        _about(run["remaining_ms"].to(int)),
        "not known yet",
    )
    rate = rx.cond(
        run["per_s"].is_not_none(), rx.fragment(run["per_s"].to(str), " a second"), "not known yet"
    )
    began = rx.cond(run["began_at"], ago(at=run["began_at"]), "–")
    moving = facts(("Began", began), ("Rate", rate), ("Time left", left))
    ended = facts(("Began", began), ("Ended", rx.cond(run["ended_at"], ago(at=run["ended_at"]), "–")))
    waits = rx.el.div(
        run["waits"].to(str), class_name="notice", role="status", custom_attrs={"data-kind": "warn"}
    )
    reason = rx.el.p("Reason: ", run["reason"].to(str), class_name="dim")
    return rx.fragment(
        progress(run["progress"], wide=True),
        _said(run),
        rx.cond(going, moving, ended),
        rx.cond(run["reason"], reason),
        rx.cond(run["waits"], waits),
        rx.cond(run["trouble"], _trouble(run)),
        rx.cond((run["phase"] == "aborted") & ~run["trouble"].bool(), note(ABORTED)),
        rx.el.div(rx.cond(going, _abort(run), _afterwards(run)), class_name="row"),
        _items(live),
    )


def _said(run: Row) -> rx.Component:
    """Return what a screen reader is told: each tenth, and the end."""
    done = run["progress"]
    tenth = Var(f"Math.floor({done!s} * 10) * 10", _var_data=done._get_all_var_data()).to(str)
    words = rx.cond(_is(run, GOING), rx.fragment(tenth, " % done"), _title(run))
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
    amiss = (_count(run, "failed") > 0) | (_count(run, "refused") > 0)
    again = antd.Button.create("Try the failed again…", loading=Bulk.busy, on_click=Bulk.again.temporal)
    return rx.fragment(
        rx.cond(amiss, again),
        antd.Button.create("Export CSV", on_click=Bulk.export("csv")),
        antd.Button.create("Export JSON lines", on_click=Bulk.export("jsonl")),
    )


def _items(live: Live) -> rx.Component:
    run = live.about
    shown, page, key = run["outcome"].to(str), run["page"].to(int), run["run"].to(str)
    ended = ~_is(run, GOING)

    def segment(name: str, word: Any, count: Any) -> rx.Component:
        return rx.el.button(
            word,
            rx.el.span(number(count), class_name="count"),
            type="button",
            custom_attrs={"onClick": _open(key + f".{name}"), "aria-current": current(shown == name)},
        )

    left = rx.cond(ended, "Not done", "Left")
    words = {name: look[2] for name, look in OUTCOMES.items()} | {"left": left}
    filters = rx.el.div(
        segment("all", "All", run["total"]),
        *[segment(name, word, _count(run, name)) for name, word in words.items()],
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
        return antd.Button.create(label, size="small", custom_attrs={"onClick": _open(there)})

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
    asked = _is(run, COUNTING + READY)
    counting = rx.el.p(
        number(run["seen"]), " so far…", class_name="dim", role="status", custom_attrs={"aria-busy": "true"}
    )
    body = rx.cond(
        failed,
        failure_notice(failed),
        rx.cond(
            ~live.ready,
            rx.el.p("Loading…", class_name="dim"),
            rx.cond(_is(run, COUNTING), counting, rx.cond(_is(run, READY), _question(live), _progress(live))),
        ),
    )
    return antd.Drawer.create(
        rx.el.div(body, ClearTicks.create(when=_is(run, GOING)), class_name="stack bulk"),
        open=chosen.is_not_none(),
        title=rx.cond(run["run"], _title(run), "Bulk run"),
        placement="right",
        size="min(560px, 100vw)",
        # A question stands before the page; while it runs, the page can be used.
        mask=asked,
        destroy_on_hidden=True,
        custom_attrs={"onClose": _open(None), "aria-modal": asked},
    )


@rx.memo
def bulk_hint() -> rx.Component:
    """In the header: the run that goes on, or the way back to the last one."""
    rows = Live("bulk").rows
    going = Var(
        f"({rows!s}.find((run) => ['running', 'aborting'].includes(run.phase)) ?? {rows!s}[0] ?? {{}})",
        _var_data=rows._get_all_var_data(),
    ).to(dict[str, Any])
    moving = _is(going, GOING)
    percent = Var(f"Math.floor(100 * ({going['progress']!s} ?? 0))", _var_data=rows._get_all_var_data()).to(
        int
    )
    words = rx.cond(
        moving, rx.fragment(_verb(going, 1), " ", _rows(going)), rx.el.span("Last bulk run", class_name="dim")
    )
    button = rx.el.button(
        rx.cond(moving, icon("spinner"), icon("tasks_done")),
        rx.el.span(words, class_name="words"),
        rx.cond(moving, rx.fragment(" ", percent, " %")),
        type="button",
        class_name=rx.cond(moving, "plain bulk-hint status run", "plain bulk-hint"),
        title=rx.cond(moving, "Show this bulk run", "Show the last bulk run"),
        custom_attrs={"onClick": _open(going["run"].to(str))},
    )
    return rx.cond(rows.length() > 0, button)
