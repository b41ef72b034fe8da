"""Charts over time (assets/plot.jsx): Plotly, loaded after the first paint."""

from typing import Any, Literal

import reflex as rx
from reflex.vars import Var

PLOTLY = "plotly.js-basic-dist-min@4.1.1"
Unit = Literal["count", "ms", "percent"]


class Plot(rx.Component):
    """A chart and, below it, the same as a table; `unit` is one of assets/figures.js."""

    library = "$/public/plot.jsx"
    tag = "Plot"
    lib_dependencies: list[str] = [PLOTLY]
    starts: Var[Any]
    traces: Var[list[dict[str, Any]]]
    unit: Var[str]
    label: Var[str]
    height: Var[int]


def trace(name: str, values: Any, kind: Literal["line", "bar"], color: str) -> dict[str, Any]:
    """Return one line, or the bars of one kind; `color` is a variable of assets/app.css: `--ok`."""
    return {"name": name, "values": values, "kind": kind, "color": color}


def plot(label: str, starts: Any, *traces: dict[str, Any], unit: Unit) -> rx.Component:
    """Return a chart; each trace has a value, or null where nothing is known, for each of `starts`."""
    return Plot.create(label=label, starts=starts, traces=list(traces), unit=unit)
