"""Rows of input for a task (assets/run_many.jsx)."""

from typing import Any

import reflex as rx
from reflex.vars import Var


def _queued(
    batch: Var[str], typed: Var[str], options: Var[dict[str, str]]
) -> tuple[Var[str], Var[str], Var[dict[str, str]]]:
    return batch, typed, options


class RunMany(rx.Component):
    """Takes rows, pasted or from a file, shows what `live/tasks_rows.py` says of them, asks for their jobs.

    `schema`: the input schema as JSON text; its names are an example.

    `on_queue(batch, typed, options)`: the id of the rows, the number that confirms, options as of `RunForm`.
    """

    library = "$/public/run_many.jsx"
    tag = "RunMany"
    task: Var[str]
    schema: Var[str]
    errors: Var[Any]
    busy: Var[bool]
    on_queue: rx.EventHandler[_queued]
