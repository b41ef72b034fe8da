"""`/system`, Settings: what this process of the console is set to; of secrets only whether they are set."""

from typing import Any

import reflex as rx

from ratchet_web.components.live import Live
from ratchet_web.components.parts import card, facts, number
from ratchet_web.components.tables import cell
from ratchet_web.components.times import ago, duration
from ratchet_web.pages.acts import Act, if_may

Row = rx.Var[dict[str, Any]]
LINKS = {
    "live": "Live: the server announces changes",
    "polling": "Polling: the console looks now and then",
    "connecting": "Connecting",
    "offline": "Offline: the server does not answer",
}


def settings_tab(live: Live) -> rx.Component:
    """Return the tab."""
    about = live.about
    mode = Live("link").about["mode"].to(str)
    console = facts(
        ("Version", about["version"].to(str)),
        ("Up for", duration(since=about["started_at"])),
        ("Started", ago(at=about["started_at"])),
        ("Viewers of this server", number(about["viewers"])),
        ("Topics watched", number(about["topics"])),
        ("Link to the server", rx.match(mode, *LINKS.items(), mode)),
    )
    said = rx.el.p("The settings in force are shown to admins alone.", class_name="dim small spaced")
    known = if_may(Act.SEE_SETTINGS, _settings(live), said)
    return rx.fragment(card("This console", rx.el.div(console, class_name="pad-facts")), known)


def _settings(live: Live) -> rx.Component:
    return rx.fragment(
        rx.el.p(
            "Read once, when this process of the console started; another process may have others. “Set” are"
            " those of its environment, to which ratchet-web up adds the address and the token of the"
            " server that it starts. What is said of the embedded server holds for that one only.",
            class_name="dim small spaced",
        ),
        _table(live),
    )


def _table(live: Live) -> rx.Component:
    heads = [rx.el.th(name, scope="col") for name in ("Setting", "Value", "From", "What it is")]
    rows = rx.foreach(live.rows, lambda each: rx.fragment(setting_row(row=each), key=each["id"].to(str)))
    table = rx.el.table(
        rx.el.thead(rx.el.tr(*heads)),
        rx.el.tbody(rows),
        class_name="table settings",
        custom_attrs={"aria-label": "Settings"},
    )
    return rx.el.div(table, class_name="card table-card")


@rx.memo
def setting_row(row: rx.Var[dict[str, Any]]) -> rx.Component:
    """One setting."""
    value = rx.cond(
        row["value"].bool() & (row["value"] != "not set"),
        rx.el.span(row["value"].to(str), class_name=rx.cond(row["secret"], "", "mono")),
        rx.el.span("not set", class_name="dim"),
    )
    differs = row["given"].bool() & row["default"].bool() & (row["value"] != row["default"])
    usual = rx.cond(differs, rx.el.div("default ", row["default"].to(str), class_name="dim"))
    origin = rx.cond(
        row["given"], rx.el.span("Set", class_name="pill"), rx.el.span("Default", class_name="dim")
    )
    return rx.el.tr(
        cell(rx.el.span(row["id"].to(str), class_name="mono")),
        rx.el.td(value, usual, class_name="value"),
        cell(origin, phone="corner"),
        cell(rx.el.span(row["help"].to(str), class_name="dim"), phone="line"),
    )
