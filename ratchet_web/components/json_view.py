"""A JSON document of any size."""

from typing import Any

import reflex as rx
from reflex.vars import Var


class JsonView(rx.Component):
    """The browser's JSON viewer, `assets/json_view.jsx`."""

    library = "$/public/json_view.jsx"
    tag = "JsonView"
    text: Var[Any]
    src: Var[str]
    size: Var[Any]
    version: Var[Any]
    label: Var[str]
    empty: Var[str]


def json_view(label: str, src: Var[str] | str, **props: Any) -> rx.Component:
    """Return a card with a document: a tree or text, with search and copying.

    `src` answers the document over HTTP. Further props: `text`, the document itself where it is short enough
    to be at hand; `size`, its characters where it is not (0: there is none); `version`: another one means
    that what `src` answers changed; `empty` says what it means that there is no document.
    """
    return JsonView.create(label=label, src=src, **props)
