"""Single keys that press a control of the page."""

import reflex as rx
from reflex.vars import Var


class Keys(rx.Component):
    """Listens for the keys of all pages, and has their help; mounted once, in the frame."""

    library = "$/public/keys_frame.jsx"
    tag = "Keys"


class Shortcuts(rx.Component):
    """Says which keys a page has of its own; there they can be switched off."""

    library = "$/public/shortcuts.jsx"
    tag = "Shortcuts"
    keys: Var[list[str]]
    names: Var[list[str]]


def shortcuts(**named: str) -> rx.Component:
    """Return a line that names the page's keys, `r="retry"`.

    A key presses the control that is marked with `by_key(key)`, while nobody types and no dialog is open.
    """
    return Shortcuts.create(keys=list(named), names=list(named.values()))


def by_key(key: str) -> dict[str, str]:
    """Return the attributes of the control that a key presses."""
    return {"data-shortcut": key, "aria-keyshortcuts": key}


def by_row_key(key: str) -> dict[str, str]:
    """Return the attributes of the control that a key presses in the row that has the focus."""
    return {"data-row-key": key}
