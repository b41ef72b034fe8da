"""The command palette, and the way from row to row of a list: assets/palette.jsx, assets/results.jsx."""

from typing import Any

import reflex as rx
from reflex.vars import Var


class Palette(rx.Component):
    """The button that opens the palette, and the palette; mounted once, in the header.

    `named`: who the viewer is, where a proxy says so.
    """

    library = "$/public/palette.jsx"
    tag = "Palette"
    named: Var[Any]


class Results(rx.Component):
    """The rows before and after the open one, in the list that it was opened from; mounted once."""

    library = "$/public/results.jsx"
    tag = "Results"
