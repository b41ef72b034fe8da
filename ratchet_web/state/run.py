"""The run dialog: which task, what input it takes, and the answer of the server."""

from collections.abc import AsyncIterator
from typing import Any

import reflex as rx

from ratchet_web.logic.run_options import read_options
from ratchet_web.state.run_form import TaskForm


class RunDialog(TaskForm, rx.State):
    """The dialog of one viewer. The address says for which task it is open."""

    _param: str = "run"

    @rx.event
    async def submit(self, text: str, options: dict[str, str]) -> AsyncIterator[Any]:
        """Run the task with an input, given as JSON, and open its execution, or the job that will run it."""
        chosen, wrong = read_options(options)
        id = self.task_id
        async for event in self._submitted(
            text, chosen.attempt, lambda input: (None if wrong else chosen.draft(id, input), wrong)
        ):
            yield event
