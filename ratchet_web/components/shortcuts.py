"""Single keys that press a control of the page."""

import reflex as rx
from reflex.vars import Var


class Shortcuts(rx.Component):
    """Listens for keys, `assets/shortcuts.jsx`; says which there are, and can be switched off."""

    library = "$/public/shortcuts.jsx"
    tag = "Shortcuts"
    lib_dependencies: list[str] = ["tinykeys@4.0.0"]
    keys: Var[list[str]]
    names: Var[list[str]]


def shortcuts(**named: str) -> rx.Component:
    """Return a line that names the page's keys, `r="retry"`, and lets them work.

    A key presses the control that is marked with `by_key(key)`, while nobody types and no dialog is open.
    """
    return Shortcuts.create(keys=list(named), names=list(named.values()))


def by_key(key: str) -> dict[str, str]:
    """Return the attributes of the control that a key presses."""
    return {"data-shortcut": key, "aria-keyshortcuts": key}
