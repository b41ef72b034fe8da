"""The frame around every page, with what in it belongs to the viewer: notices, the run dialog, bulk runs."""

from typing import Any

import reflex as rx
from reflex.vars import Var

from ratchet_web.components.address import server
from ratchet_web.components.bell import Bell
from ratchet_web.components.delays import Delays
from ratchet_web.components.live import Presence
from ratchet_web.components.palette import Palette
from ratchet_web.components.shell import is_sign_in, shell_around
from ratchet_web.components.toasts import Toast
from ratchet_web.pages.account import account_menu
from ratchet_web.pages.bulk_run import bulk_panel
from ratchet_web.pages.bulk_runs import bulk_hint
from ratchet_web.pages.run import run_dialog
from ratchet_web.pages.servers import is_unknown, page_of_server, server_switch
from ratchet_web.state.bulk import Bulk
from ratchet_web.state.delays import Undo
from ratchet_web.state.notices import Notices
from ratchet_web.state.presence import Presence as PresenceState
from ratchet_web.state.servers import Servers
from ratchet_web.state.started import Started


def _toast(item: Var[dict[str, str]]) -> rx.Component:
    toast = Toast.create(
        kind=item["kind"],
        text=item["text"],
        href=item["href"],
        link=item["link"],
        on_dismiss=Notices.dismiss(item["key"]),
    )
    return rx.fragment(rx.cond(item["server"] == server(), toast), key=item["key"])


@rx.memo
def notices() -> rx.Component:
    """The answers to what the viewer did."""
    return rx.el.div(
        rx.foreach(Notices.items, _toast),
        Delays.create(on_undo=Undo.undo.temporal, on_dismiss=Undo.dismiss, on_undo_run=Bulk.undo.temporal),
        class_name="toasts",
    )


def splash() -> rx.Component:
    """Return what is on the screen before the application has loaded."""
    return rx.el.div("Loading…", class_name="splash")


@rx.memo
def bell() -> rx.Component:
    """What the viewer's tab started, and is over now."""
    return Bell.create(items=Started.items, on_follow=Started.follow, named=Servers.account["name"])


@rx.memo
def palette() -> rx.Component:
    """Search and commands."""
    return Palette.create(named=Servers.account["name"])


@rx.memo
def overlays(children: rx.Var[rx.Component]) -> rx.Component:
    """What lies over every page."""
    dialog = rx.cond(is_unknown(), rx.fragment(), rx.fragment(run_dialog(), bulk_panel()))
    watched = Presence.create(on_hide=PresenceState.hide, on_show=PresenceState.show)
    over = rx.fragment(page_of_server(children), watched, notices(), dialog)
    return rx.cond(is_sign_in(), rx.fragment(children), over)


@rx.memo
def shell(children: rx.Var[rx.Component]) -> rx.Component:
    """The frame around every page; it lives above the router, so that it never mounts anew."""
    return shell_around(children, server_switch(), palette(), bulk_hint(), bell(), account_menu())


# What wraps every page, the outermost first; Reflex keeps these while pages change.
WRAPS: dict[tuple[int, str], Any] = {
    (30, "Shell"): lambda _stateful: shell(),
    (20, "Overlays"): lambda _stateful: overlays(),
}
