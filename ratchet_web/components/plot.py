"""Charts over time (assets/plot.jsx): Plotly, loaded after the first paint."""

from typing import Any, Literal

import reflex as rx
from reflex.vars import Var

PLOTLY = "plotly.js-basic-dist-min@4.1.1"
Unit = Literal["count", "ms", "percent"]
Dash = Literal["solid", "dash", "dot", "dashdot"]


class Plot(rx.Component):
    """A chart and, below it, the same as a table; `unit` is one of assets/figures.js.

    With `step_ms` it can be zoomed by drawing over it, and a press on a bucket leads to what is behind it.
    `empty` stands in place of a chart that would have no value at all.
    """

    library = "$/public/plot.jsx"
    tag = "Plot"
    lib_dependencies: list[str] = [PLOTLY]
    starts: Var[Any]
    traces: Var[list[dict[str, Any]]]
    unit: Var[str]
    label: Var[str]
    height: Var[int]
    step_ms: Var[int]
    empty: Var[str]


def trace(
    name: str, values: Any, kind: Literal["line", "bar"], color: str, *, dash: Dash = "solid", to: str = ""
) -> dict[str, Any]:
    """Return one line, or the bars of one kind; `color` is a variable of assets/app.css: `--ok`.

    `to` is the address behind its buckets: `{since}` and `{until}` in it become their first and last instant.
    """
    return {"name": name, "values": values, "kind": kind, "color": color, "dash": dash, "to": to}


def plot(label: str, starts: Any, *traces: dict[str, Any], unit: Unit, **more: Any) -> rx.Component:
    """Return a chart; each trace has a value, or null where nothing is known, for each of `starts`."""
    return Plot.create(label=label, starts=starts, traces=list(traces), unit=unit, **more)
