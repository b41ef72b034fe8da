"""Bulk runs in words, and the way to them."""

from typing import Any

import reflex as rx
from reflex.vars import Var

from ratchet_web.components.address import set_param
from ratchet_web.components.parts import number

Row = Var[dict[str, Any]]
# To do, being done, done.
VERBS = {
    "create": ("Queue", "Queueing", "Queued"),
    "cancel": ("Cancel", "Cancelling", "Cancelled"),
    "retry": ("Retry", "Retrying", "Retried"),
    "enable": ("Enable", "Enabling", "Enabled"),
    "disable": ("Disable", "Disabling", "Disabled"),
    "priority": ("Set", "Setting", "Set"),
    "change": ("Change", "Changing", "Changed"),
}
NOUNS = {"jobs": "job", "executions": "execution", "tasks": "task", "schedules": "schedule"}
COUNTING, READY, WAITING = ("counting",), ("ready",), ("waiting",)
GOING = ("running", "aborting")


def is_in(run: Row, phases: tuple[str, ...]) -> Var[bool]:
    """Return whether a run is in one of these phases."""
    return Var.create(list(phases)).contains(run["phase"].to(str))


def verb(run: Row, form: int) -> Var[str]:
    """Return the word for its act: to do, being done, done."""
    return rx.match(run["verb"], *((verb, words[form]) for verb, words in VERBS.items()), run["verb"].to(str))


def how_many(run: Row, which: str = "total") -> rx.Component:
    """Return how many rows of what it is about: `117 jobs`; `possible`: of those that can be acted on."""
    total = run[which].to(int)
    one = rx.match(run["noun"], *NOUNS.items(), run["noun"].to(str))
    return rx.fragment(number(total), " ", rx.cond(total == 1, one, run["noun"].to(str)))


def to_what(run: Row) -> rx.Component:
    """Return what the rows are set to, after what they are: ` to high priority`; most acts set nothing."""
    value = run["value"].to(str)
    return rx.cond(value, rx.fragment(" to ", value.lower(), " priority"))


def count_of(run: Row, outcome: str) -> Var[int]:
    """Return how many rows came to this."""
    return run["counts"].to(dict[str, int])[outcome]


def opening(value: Any) -> Var[Any]:
    """Return the browser's function that shows a run, or with null closes the panel."""
    setter = set_param("bulk")
    data = Var.create(value)._get_all_var_data() if value is not None else None
    text = "null" if value is None else str(Var.create(value))
    return (
        Var(f"(() => {setter!s}({text}))", _var_data=setter._get_all_var_data())
        .to(Any)
        ._replace(merge_var_data=data)
    )


def title_of(run: Row) -> rx.Component:
    """Return what a run is called: a question, what goes on, what was done."""
    what = to_what(run)
    ended = rx.fragment(verb(run, 2), " ", number(count_of(run, "done")), " of ", how_many(run), what)
    return rx.cond(
        is_in(run, COUNTING),
        rx.fragment("Counting the ", run["noun"].to(str)),
        rx.cond(
            is_in(run, READY),
            rx.fragment(verb(run, 0), " ", how_many(run, "possible"), what, "?"),
            rx.cond(is_in(run, WAITING + GOING), rx.fragment(verb(run, 1), " ", how_many(run), what), ended),
        ),
    )
