"""What the detail pages share: a skeleton while nothing is known, a friendly page where there is nothing."""

from typing import Any

import reflex as rx

from ratchet_web.components.live import Live
from ratchet_web.components.parts import empty_state, failure_notice, to, unknown_state
from ratchet_web.components.times import ago


def _skeleton() -> rx.Component:
    bar = rx.el.span(class_name="skeleton")
    lines = [rx.el.div(bar, class_name="facts") for _ in range(3)]
    return rx.el.div(rx.el.h1(bar), *lines, custom_attrs={"aria-busy": "true", "aria-label": "Loading"})


def missing(noun: str) -> rx.Component:
    """Return what stands in place of a row that does not exist."""
    words = empty_state(
        f"There is no such {noun}",
        "It may have been removed, or the address is mistyped.",
        to(f"All {noun}s", href=f"/{noun}s"),
        heading=rx.el.h1,
    )
    return rx.el.div(words, class_name="card")


def _deleted(noun: str, since: rx.Var[Any]) -> rx.Component:
    """Return what stands above what was known of a row that is no longer there."""
    told = rx.el.p("What you see is what it was", rx.cond(since, rx.fragment(" ", ago(at=since))), ".")
    parts = rx.el.div(rx.el.h2(f"This {noun} was deleted"), told, to(f"All {noun}s", href=f"/{noun}s"))
    return rx.el.div(parts, class_name="notice", role="alert", custom_attrs={"data-kind": "error"})


def unknown_card(error: rx.Var[dict[str, str]]) -> rx.Component:
    """Return the card that stands in place of what the server has not told (`parts.unknown_state`)."""
    return rx.el.div(unknown_state(error, Live("link").about["mode"] == "offline"), class_name="card")


def detail_page(live: Live, noun: str, *parts: rx.Component) -> rx.Component:
    """Return the page of one row: what is known stays, dimmed, when a look fails."""
    failed = live.error
    there = live.row["id"]
    own = {"data-row": f"/{noun}s/{there}"}
    known = rx.el.div(*parts, class_name=rx.cond(failed, "stale", ""), custom_attrs=own)
    # A page has a heading whatever it knows.
    named = rx.el.h1(noun.title(), class_name="visually-hidden")
    absent = rx.cond(failed["kind"] == "NotFound", missing(noun), rx.fragment(named, failure_notice(failed)))
    nothing = rx.cond(failed, absent, _skeleton())
    since = live.about["stale_since"]
    trouble = rx.cond(failed["kind"] == "NotFound", _deleted(noun, since), failure_notice(failed, since))
    return rx.cond(there, rx.fragment(rx.cond(failed, trouble), known), nothing)
