"""`/pauses`: what holds jobs back. Whatever runs goes on, single executions still start."""

from fastapi import Request, Response

from ratchet_web.models.envelopes import One, Several
from ratchet_web.models.pauses import NewPause, Pause
from ratchet_web.server import wire
from ratchet_web.server.errors import ConflictError, MissingError
from ratchet_web.server.routes.base import Running, answer, one, router, row_id, who
from ratchet_web.server.server import Server
from ratchet_web.server.store import pauses
from ratchet_web.server.store.errors import Paused
from ratchet_web.server.store.lists.base import Row
from ratchet_web.server.store.schema import QUEUE

routes = router("/pauses")


@routes.get("", response_model=Several[Pause])
async def page(server: Running) -> Response:
    """List what is paused: the queue first, then tasks by name."""
    return answer({"data": [wire.pause(row) for row in await server.store.pauses.all()]})


@routes.put("/queue", response_model=One[Pause])
async def pause_queue(server: Running, request: Request, body: NewPause) -> Response:
    """Pause the queue: no job begins until it is resumed. What runs goes on, single executions start."""
    row = await _pause(server, request, QUEUE, body)
    assert row is not None, "the queue is always there"
    return one(wire.pause(row))


@routes.delete("/queue", status_code=204)
async def resume_queue(server: Running) -> Response:
    """Resume the queue."""
    if not await _resume(server, QUEUE):
        raise MissingError("pause of", "the queue")
    return Response(status_code=204)


@routes.put("/tasks/{task_id}", response_model=One[Pause])
async def pause_task(server: Running, request: Request, task_id: str, body: NewPause) -> Response:
    """Pause a task: none of its jobs begins until it is resumed. Its single executions still start."""
    row = await _pause(server, request, _task(task_id), body)
    if row is None:
        raise MissingError("task", task_id)
    return one(wire.pause(row))


@routes.delete("/tasks/{task_id}", status_code=204)
async def resume_task(server: Running, task_id: str) -> Response:
    """Resume a task."""
    if not await _resume(server, _task(task_id)):
        raise MissingError("pause of task", task_id)
    return Response(status_code=204)


def _task(task_id: str) -> int:
    number = row_id("task", task_id)
    if number == QUEUE:
        raise MissingError("task", task_id)
    return number


async def _pause(server: Server, request: Request, task_id: int, body: NewPause) -> Row | None:
    new = pauses.NewPause(body.reason, who(request), server.now_ms())
    try:
        row = await server.store.pauses.begin(task_id, new)
    except Paused as paused:
        what = "The queue" if task_id == QUEUE else f"Task {task_id}"
        by = f" by {paused.by}" if paused.by else ""
        raise ConflictError(f"{what} is paused{by} already: {paused.reason}") from None
    if row is not None:
        server.feed.publish("pauses", task_id, "created")
    return row


async def _resume(server: Server, task_id: int) -> bool:
    ended = await server.store.pauses.end(task_id)
    if ended:
        server.queue.wake()
        server.feed.publish("pauses", task_id, "deleted")
    return ended
