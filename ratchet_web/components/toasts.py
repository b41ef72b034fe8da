"""The notices at the corner of the page (assets/toast.jsx)."""

import reflex as rx
from reflex.vars import Var


class Toast(rx.Component):
    """One notice; good news asks to be dismissed by itself after a while."""

    library = "$/public/toast.jsx"
    tag = "Toast"
    kind: Var[str]
    text: Var[str]
    href: Var[str]
    link: Var[str]
    on_dismiss: rx.EventHandler[rx.event.no_args_event_spec]
