"""What acts on many rows need in the browser: see assets/bulk.jsx."""

import reflex as rx
from reflex.vars import Var

_LIBRARY = "$/public/bulk.jsx"


class PriorityMenu(rx.Component):
    """A button that asks which priority is to be set; `why`: why none can be, `now`: the present one."""

    library = _LIBRARY
    tag = "PriorityMenu"
    why: Var[str]
    now: Var[str]
    on_pick: rx.EventHandler[rx.event.passthrough_event_spec(str)]


class FollowRun(rx.Component):
    """Lets the address name the run that is open by its newest id."""

    library = _LIBRARY
    tag = "FollowRun"
    run: Var[str]
