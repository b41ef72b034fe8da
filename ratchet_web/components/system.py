"""The system page's own parts (assets/system.jsx): figures in words, and the text for Prometheus."""

from typing import Any, Literal

import reflex as rx
from reflex.vars import Var

_LIBRARY = "$/public/system.jsx"
Unit = Literal["count", "bytes", "megabytes", "ms", "seconds", "percent", "per_second", "text"]


class Figure(rx.Component):
    """A figure with its unit; a dash where nobody knows it."""

    library = _LIBRARY
    tag = "Figure"
    value: Var[Any]
    unit: Var[str]


class MetricsText(rx.Component):
    """The text of `GET {path}`, which answers as live/metrics_text.py says, with search and copy."""

    library = _LIBRARY
    tag = "MetricsText"
    path: Var[str]


def figure(value: Any, unit: Unit) -> rx.Component:
    """Return a figure in words."""
    return Figure.create(value=value, unit=unit)


def about(*pairs: tuple[str, Any]) -> rx.Component:
    """Return named facts below each other."""
    return rx.el.dl(
        *[rx.el.div(rx.el.dt(name), rx.el.dd(value)) for name, value in pairs], class_name="about"
    )


def skeleton_card(title: str, lines: int) -> rx.Component:
    """Return a card that waits for its content."""
    bars = [rx.el.div(rx.el.span(class_name="skeleton")) for _ in range(lines)]
    head = rx.el.div(rx.el.h2(title), class_name="card-head")
    body = rx.el.div(*bars, class_name="pad stack")
    return rx.el.div(head, body, class_name="card", custom_attrs={"aria-busy": "true"})
