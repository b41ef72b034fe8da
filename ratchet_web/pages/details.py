"""What the detail pages share: a skeleton while nothing is known, a friendly page where there is nothing."""

import reflex as rx

from ratchet_web.components.live import Live
from ratchet_web.components.parts import empty_state, failure_notice, to, unknown_state


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
    )
    return rx.el.div(words, class_name="card")


def unknown_card(error: rx.Var[dict[str, str]]) -> rx.Component:
    """Return the card that stands in place of what the server has not told (`parts.unknown_state`)."""
    return rx.el.div(unknown_state(error, Live("link").about["mode"] == "offline"), class_name="card")


def detail_page(live: Live, noun: str, *parts: rx.Component) -> rx.Component:
    """Return the page of one row: what is known stays, dimmed, when a look fails."""
    failed = live.error
    known = rx.el.div(*parts, class_name=rx.cond(failed, "stale", ""))
    absent = rx.cond(failed["kind"] == "NotFound", missing(noun), failure_notice(failed))
    nothing = rx.cond(failed, absent, _skeleton())
    there = live.row["id"]
    return rx.cond(
        there, rx.fragment(rx.cond(failed, failure_notice(failed, live.about["stale_since"])), known), nothing
    )
