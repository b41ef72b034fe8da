"""What differs between two texts."""

import reflex as rx
from reflex.vars import Var

DIFF = ["diff@9.0.0"]


class DiffView(rx.Component):
    """The browser's comparison, `assets/diff.jsx`; what compares arrives after the first paint."""

    library = "$/public/diff.jsx"
    tag = "DiffView"
    lib_dependencies: list[str] = DIFF
    before: Var[str]
    after: Var[str]
    before_label: Var[str]
    after_label: Var[str]
    label: Var[str]


def diff_view(
    before: Var[str] | str,
    after: Var[str] | str,
    *,
    before_label: Var[str] | str,
    after_label: Var[str] | str,
    label: Var[str] | str,
) -> rx.Component:
    """Return a comparison of two texts, line by line.

    Side by side where there is room, else in one column; unchanged stretches are folded, and what changed
    inside a line is marked. While one of the texts is null a line says that it is awaited; above 1.5 million
    characters together it says that this is too much. `label` names the region to screen readers.
    """
    return DiffView.create(
        before=before, after=after, before_label=before_label, after_label=after_label, label=label
    )
