"""What a tab started and is over now: assets/bell.jsx."""

from typing import Any

import reflex as rx
from reflex.vars import Var


class Bell(rx.Component):
    """The bell in the header; `on_follow` gets the topics of what is not over, by server.

    `named`: who the viewer is, where a proxy says so.
    """

    library = "$/public/bell.jsx"
    tag = "Bell"
    items: Var[list[dict[str, Any]]]
    named: Var[Any]
    on_follow: rx.EventHandler[rx.event.passthrough_event_spec(dict[str, str])]
