"""How to run a task from elsewhere, for the page of a task."""

import asyncio
from typing import NamedTuple

from ratchet_web.api import Ratchet
from ratchet_web.logic.samples import sample
from ratchet_web.logic.snippets import (
    Request,
    as_javascript,
    as_python,
    as_shell,
    is_local,
)
from ratchet_web.models.executions import NewExecution

WRITERS = {"cURL": as_shell, "Python": as_python, "JavaScript": as_javascript}


class Calls(NamedTuple):
    """Programs in several languages, `{title, text}`; `local`: their address is only good on one machine."""

    snippets: list[dict[str, str]]
    local: bool
    with_token: bool


async def calls(api: Ratchet, id: str) -> Calls:
    """Return programs that run a task with an input that its schema suggests.

    Raises:
        RatchetError: any of the tree.
    """
    task = await api.tasks.get(id)
    draft = NewExecution(task_id=id, input=await asyncio.to_thread(sample, task.input_schema))
    call = await api.executions.call(draft)
    request = Request(call.address, call.body, api.has_token)
    snippets = [{"title": title, "text": write(request)} for title, write in WRITERS.items()]
    return Calls(snippets, is_local(call.address), api.has_token)
