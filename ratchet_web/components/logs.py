"""The log viewer: a log of any length, live."""

import reflex as rx
from reflex.vars import Var


class LogView(rx.Component):
    """The browser's log viewer, `assets/logview.jsx`."""

    library = "$/public/logview.jsx"
    tag = "LogView"
    src: Var[str]
    topic: Var[str]
    height: Var[int | str]
    label: Var[str]
    unbegun: Var[bool]


def log_view(
    src: Var[str] | str,
    topic: Var[str] | str,
    *,
    height: Var[int] | int | str = 480,
    label: str = "Log",
    unbegun: Var[bool] | bool = False,
) -> rx.Component:
    """Return a viewer of one execution's log.

    `GET {src}?from=&n=` answers a range (`from` counts from 0; negative: from the end; `n` <= 1000) as
    `{first, total, lines: [{seq, time, level, source, text}], done}`. New lines arrive from the live store
    under `topic` as `{lines, total, done}`; a gap is filled by a range. While `src` is empty a skeleton
    stands there. `height` is in px, or any CSS length. `#L9` or `#L9-L20` in the address marks lines.
    `unbegun`: the execution was cancelled before it began, and says so instead.
    """
    return LogView.create(src=src, topic=topic, height=height, label=label, unbegun=unbegun)
