"""Times as people read them; each ticks by itself in the browser (assets/clock.jsx)."""

from typing import Any

import reflex as rx
from reflex.vars import Var

_LIBRARY = "$/public/clock.jsx"


class Ago(rx.Component):
    """`38 s ago`, `in 4 m 10 s`; the exact instant in the tooltip."""

    library = _LIBRARY
    tag = "Ago"
    at: Var[Any]
    empty: Var[str]


class Instant(rx.Component):
    """The clock time, with the date unless it is today."""

    library = _LIBRARY
    tag = "Instant"
    at: Var[Any]
    empty: Var[str]


class Duration(rx.Component):
    """A duration in milliseconds, or the time since an instant, ticking."""

    library = _LIBRARY
    tag = "Duration"
    ms: Var[Any]
    since: Var[Any]


ago = Ago.create
instant = Instant.create
duration = Duration.create
