"""The dashboard's own part (assets/dashboard.jsx): a figure beside that of the period before."""

from typing import Any

import reflex as rx
from reflex.vars import Var

from ratchet_web.components.system import Unit


class Compared(rx.Component):
    """How a figure changed, in an arrow and words, and what it was; a dash where that is not known.

    `change` has `mark`, `words`, `kind` and `before`, as `logic/comparing.py` says; `label` leads
    the word "before".
    """

    library = "$/public/dashboard.jsx"
    tag = "Compared"
    change: Var[Any]
    unit: Var[str]
    label: Var[str]


def change_of(change: Any, unit: Unit, label: str = "") -> rx.Component:
    """Return how a figure changed."""
    return Compared.create(change=change, unit=unit, label=label)
