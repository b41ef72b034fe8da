"""All bulk runs that are kept: the hint in the header, and the way from one to the others."""

from typing import Any

import reflex as rx
from reflex.vars import Var, VarData

from ratchet_web.components.icons import icon
from ratchet_web.components.live import Live
from ratchet_web.components.parts import number
from ratchet_web.components.times import ago
from ratchet_web.pages.bulk_words import GOING, Row, count_of, how_many, is_in, opening, title_of, verb


def other_runs(shown: Var[str]) -> rx.Component:
    """Return the list of the runs beside the one that is shown."""
    rows = Live("bulk").rows
    data = VarData.merge(rows._get_all_var_data(), shown._get_all_var_data())
    others = Var(f"{rows!s}.some((run) => run.run !== {shown!s})", _var_type=bool, _var_data=data).to(bool)

    def entry(run: Row) -> rx.Component:
        name = rx.el.button(
            title_of(run),
            type="button",
            class_name="plain link",
            custom_attrs={"onClick": opening(run["run"].to(str))},
        )
        when = rx.cond(is_in(run, GOING), "goes on", ago(at=run["ended_at"]))
        line = rx.el.li(name, rx.el.span(when, class_name="dim"))
        return rx.fragment(rx.cond(run["run"] == shown, rx.fragment(), line), key=run["run"].to(str))

    listed = rx.el.section(
        rx.el.h2("Other runs"),
        rx.el.ul(rx.foreach(rows, entry), class_name="items", custom_attrs={"aria-label": "Other runs"}),
        class_name="stack tight",
    )
    return rx.cond(others, listed)


@rx.memo
def bulk_hint() -> rx.Component:
    """In the header: the run that goes on, or the way back to the last one."""
    rows = Live("bulk").rows
    going = Var(
        f"({rows!s}.find((run) => ['running', 'aborting'].includes(run.phase)) ?? {rows!s}[0] ?? {{}})",
        _var_data=rows._get_all_var_data(),
    ).to(dict[str, Any])
    moving = is_in(going, GOING)
    # By itself, or with its worker: a person who aborts one knows.
    stopped = (going["phase"] == "aborted") & (going["trouble"].to(str) != "")
    percent = Var(f"Math.floor(100 * ({going['progress']!s} ?? 0))", _var_data=rows._get_all_var_data()).to(
        int
    )
    words = rx.cond(
        moving,
        rx.fragment(verb(going, 1), " ", how_many(going)),
        rx.cond(
            stopped,
            rx.fragment("Stopped: ", number(count_of(going, "done")), " of ", how_many(going), " done"),
            rx.el.span("Last bulk run", class_name="dim"),
        ),
    )
    button = rx.el.button(
        rx.cond(moving, icon("spinner"), rx.cond(stopped, icon("warning"), icon("tasks_done"))),
        rx.el.span(words, class_name="words"),
        rx.cond(moving, rx.fragment(" ", percent, " %")),
        type="button",
        class_name=rx.cond(moving, "plain bulk-hint status run", "plain bulk-hint"),
        title=rx.cond(moving, "Show this bulk run", "Show the last bulk run"),
        custom_attrs={"onClick": opening(going["run"].to(str))},
    )
    return rx.cond(rows.length() > 0, button)
