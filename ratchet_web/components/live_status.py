"""The live indicator: how fresh what the viewer sees is, and on a press where it comes from and why."""

import reflex as rx
from reflex.utils.imports import ImportVar
from reflex.vars import Var, VarData

from ratchet_web.components.live import Live, console_connected
from ratchet_web.components.parts import facts, number
from ratchet_web.components.times import ago

MODES = {
    "live": "Live",
    "polling": "Polling",
    "connecting": "Connecting",
    "reconnecting": "Reconnecting",
    "offline": "Offline",
}
_PANEL = "live-panel"
_HIDDEN = "A tab that nobody sees pauses after 30 s, and catches up when it is shown."


def mode_of(link: Live) -> Var[str]:
    """Return how changes reach this browser, a word of `MODES`."""
    return rx.cond(
        console_connected(), rx.cond(link.ready, link.about["mode"], "connecting"), "reconnecting"
    ).to(str)


@rx.memo
def live_indicator() -> rx.Component:
    """How fresh what the viewer sees is."""
    link = Live("link")
    mode = mode_of(link)
    words = rx.match(mode, *MODES.items(), mode)
    every = rx.cond(mode == "polling", rx.fragment(" ", number(link.about["interval_s"].to(int)), " s"))
    more = rx.el.button(
        type="button",
        class_name="plain live-more",
        custom_attrs={"popoverTarget": _PANEL, "aria-label": "How fresh this is"},
    )
    said = rx.el.span(
        words,
        every,
        more,
        class_name="live",
        role="status",
        title=rx.cond(link.about["error"], link.about["error"].to(str), _since(words, link)),
        custom_attrs={"data-mode": mode, "data-worker": link.about["worker"]},
    )
    return rx.fragment(said, _panel(link, mode))


def _panel(link: Live, mode: Var[str]) -> rx.Component:
    about = link.about
    source = rx.fragment(
        rx.cond(about["name"], rx.fragment(about["name"].to(str), " ", about["version"].to(str), ", ")),
        rx.el.span(about["server"].to(str), class_name="wraps"),
    )
    return rx.el.div(
        facts(
            ("Source", source),
            ("Changes", _changes(link, mode)),
            ("What you see", _age(link, mode)),
            ("Rows", _rows(mode)),
        ),
        rx.cond(
            about["error"],
            facts(("Why", about["error"].to(str))),
            rx.cond(about["apart"], facts(("Degraded", about["apart"].to(str)))),
        ),
        rx.el.p(_HIDDEN, class_name="dim"),
        id=_PANEL,
        class_name="user-menu live-panel stack",
        role="region",
        custom_attrs={"popover": "auto", "aria-label": "How fresh this is"},
    )


def _changes(link: Live, mode: Var[str]) -> rx.Component:
    every = number(link.about["interval_s"].to(int))
    few = ", seldom, because this server answers few requests a day"
    asked = rx.fragment(
        "asked for every ", every, " s", rx.cond(link.about["costly"], few, _unannounced(link))
    )
    return rx.match(
        mode,
        ("live", rx.el.span("announced by the server as they happen")),
        ("polling", rx.el.span(asked)),
        ("reconnecting", rx.el.span("none arrive: the console cannot be reached from here")),
        ("offline", rx.el.span("none arrive: the console cannot reach the server")),
        rx.el.span("not yet: connecting"),
    )


def _unannounced(link: Live) -> Var[str]:
    return rx.cond(
        link.about["cannot"].to(dict[str, str])["events"],
        ", because this server does not announce them",
        ", because this server's announcements do not arrive",
    ).to(str)


def _age(link: Live, mode: Var[str]) -> rx.Component:
    every = number(link.about["interval_s"].to(int))
    known = rx.cond(
        link.about["last"],
        rx.el.span("as it was known ", ago(at=link.about["last"])),
        rx.el.span("nothing is known yet"),
    )
    return rx.match(
        mode,
        ("live", rx.el.span("up to date; connected", _since(Var.create(""), link))),
        ("polling", rx.el.span("up to ", every, " s old, and older where nothing has moved for a while")),
        ("reconnecting", rx.el.span("as it was when the console was lost")),
        known,
    )


def _rows(mode: Var[str]) -> rx.Component:
    held = Var(
        "rowsHeld",
        _var_type=bool,
        _var_data=VarData(
            hooks={"const rowsHeld = useHeld()": None},
            imports={"$/public/live.js": ImportVar(tag="useHeld")},
        ),
    ).to(bool)
    still = "paused: they stand still while you point at them or are down the page, and new ones wait"
    moving = rx.cond(held, still, "change where they stand, and new ones come in at once")
    arrives = (mode == "live") | (mode == "polling")
    return rx.el.span(rx.cond(arrives, moving, "stand still until changes arrive again"))


def _since(words: Var[str], link: Live) -> Var[str]:
    since = link.about["since"]
    at = f"new Date({since!s}).toLocaleTimeString(undefined, {{ hourCycle: 'h23' }})"
    clock = f"(({since!s}) ? ' since ' + {at} : '')"
    return words.to(str) + Var(clock, _var_type=str, _var_data=since._get_all_var_data()).to(str)
