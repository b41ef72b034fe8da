"""Tick boxes of a list in Python: see assets/ticks.jsx."""

import hashlib
from typing import Any

import reflex as rx
from reflex.utils.imports import ImportVar
from reflex.vars import Var, VarData

_LIBRARY = "$/public/ticks.jsx"


class Tick(rx.Component):
    """The box of the row with this id."""

    library = _LIBRARY
    tag = "Tick"
    id: Var[str]
    label: Var[str]


class TickPage(rx.Component):
    """The box above the rows of a list."""

    library = _LIBRARY
    tag = "TickPage"
    topic: Var[str]
    label: Var[str]


class ClearTicks(rx.Component):
    """Ticks nothing any more once the question of a run is answered."""

    library = _LIBRARY
    tag = "ClearTicks"
    run: Var[str]
    asked: Var[bool]


class Ticks:
    """What is ticked of the list with this topic: `ids`, or `all` that matches it."""

    def __init__(self, topic: Var[str]) -> None:
        name = "ticks_" + hashlib.sha1(str(topic).encode()).hexdigest()[:8]
        hook = VarData(
            hooks={f"const {name} = useTicks({topic!s})": None},
            imports={_LIBRARY: ImportVar(tag="useTicks")},
        )
        data = VarData.merge(topic._get_all_var_data(), hook)
        view = Var(name, _var_type=dict[str, Any], _var_data=data).to(dict[str, Any])
        self.ids = view["ids"].to(list[str])
        self.count = view["count"].to(int)
        self.all = view["all"].to(bool)


def ticker(name: str) -> Var[Any]:
    """Return a browser function of assets/ticks.jsx: `tickEverything` or `tickNothing`."""
    return Var(name, _var_data=VarData(imports={_LIBRARY: ImportVar(tag=name)}))
