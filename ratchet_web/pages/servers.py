"""Several servers: the switch in the header, and what stands where the address names a strange one."""

from typing import Any

import reflex as rx
from reflex.vars import Var

from ratchet_web.components.address import rooted, server, switch_server, titled
from ratchet_web.components.parts import empty_state
from ratchet_web.components.servers import ServerSwitch
from ratchet_web.state.servers import LOST, Servers


def is_unknown() -> Var[bool]:
    """Return whether the address names a server that the console does not know."""
    return (Servers.unknown != "") & (Servers.unknown == server())


@rx.memo
def server_switch() -> rx.Component:
    """Which server this is about, and the way to the others."""
    here = server()
    switch = ServerSwitch.create(
        value=rx.cond(is_unknown(), None, here),
        options=Servers.known,
        placeholder="Choose one",
        popup_match_select_width=False,
        class_name="server-switch",
        custom_attrs={"aria-label": "Server", "onChange": switch_server(LOST)},
    )
    name = rx.el.span(here, class_name="server named", title="Server")
    return rx.cond(Servers.known.length() > 1, switch, rx.cond(here, name))


def unknown_server() -> rx.Component:
    """Return what stands in place of a page of a server that the console does not know."""

    def link(each: Var[dict[str, Any]]) -> rx.Component:
        # Not ours: its address says already which server is meant.
        return rx.el.a(
            "Open it on ", each["label"].to(str), href=rooted(each["href"].to(str)), class_name="button"
        )

    words = empty_state(
        rx.fragment("This console knows no server “", Servers.unknown, "”"),
        "The address may be mistyped, or the server has another name now. Nothing was asked of any server.",
        rx.foreach(Servers.others, link),
        heading=rx.el.h1,
    )
    return rx.fragment(rx.el.title(titled("Ratchet")), rx.el.div(words, class_name="card unknown-server"))


def page_of_server(page: Any) -> rx.Component:
    """Return the page, unless what its states hold is still that of another server."""
    waiting = rx.fragment(
        rx.el.title(titled("Ratchet")),
        rx.el.div(rx.el.h1(rx.el.span(class_name="skeleton")), aria_busy="true", aria_label="Loading"),
    )
    # A console that was started again remembers nothing: the page stays, with what is typed in it.
    is_its = (Servers.shown == "") | (Servers.shown == server())
    return rx.cond(is_unknown(), unknown_server(), rx.cond(is_its, rx.fragment(page), waiting))
