"""What stands around a list: see assets/density.jsx, assets/views.jsx, assets/export.jsx."""

from typing import Any

import reflex as rx
from reflex.vars import Var


class InTime(rx.Component):
    """How many of a list's rows were queued when; a stretch of it becomes the list's range."""

    library = "$/public/density.jsx"
    tag = "InTime"
    topic: Var[str]


class Views(rx.Component):
    """Saved views: `given` are `{name, search}` that everybody has; others are kept by the browser."""

    library = "$/public/views.jsx"
    tag = "Views"
    list: Var[str]
    given: Var[list[dict[str, str]]]


class Export(rx.Component):
    """Downloads everything that matches the list, from `source`, in one of `forms`: csv, json, jsonl."""

    library = "$/public/export.jsx"
    tag = "Export"
    source: Var[str]
    name: Var[str]
    total: Var[Any]
    forms: Var[list[str]]


class ListLinks(rx.Component):
    """Lets links of the list `topic` lead on from the address as it is, also before that was answered."""

    library = "$/public/list_links.jsx"
    tag = "ListLinks"
    topic: Var[str]


class Columns(rx.Component):
    """Which columns are shown: `columns` are `{title, place, fold}`, `place` counted from the last one."""

    library = "$/public/columns.jsx"
    tag = "Columns"
    list: Var[str]
    columns: Var[list[dict[str, Any]]]
