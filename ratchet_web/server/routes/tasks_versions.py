"""`/tasks/{id}/versions`."""

from typing import Annotated

from fastapi import Query, Response

from ratchet_web.models.envelopes import Counted, Done, One
from ratchet_web.models.tasks import Task, TaskVersion, TaskVersionHead
from ratchet_web.server import wire
from ratchet_web.server.errors import MissingError
from ratchet_web.server.parameters.tasks_versions import VersionParameters
from ratchet_web.server.revisions import IfMatch, expected_revision, stale, with_revision
from ratchet_web.server.routes.base import Running, answer, one, router, row_id
from ratchet_web.server.routes.tasks import find, taken
from ratchet_web.server.server import Server
from ratchet_web.server.store.errors import Duplicate, Stale
from ratchet_web.server.store.lists.base import Row

routes = router("/tasks/{task_id}/versions")


@routes.get("", response_model=Counted[TaskVersionHead])
async def page(server: Running, task_id: str, parameters: Annotated[VersionParameters, Query()]) -> Response:
    """List what the task was, newest first, without sources and schemas."""
    task = await find(server, task_id)
    found = await server.store.task_versions.before(task.id, parameters.before, parameters.limit)
    oldest = found.rows[-1].revision if found.rows else 1
    rows = [wire.task_version_head(row, task.revision) for row in found.rows]
    return answer({"data": rows, "meta": {"total": found.total, "hasMore": oldest > 1}})


@routes.get("/{revision}", response_model=One[TaskVersion])
async def get(server: Running, task_id: str, revision: str) -> Response:
    """Return one version with its source and schemas."""
    task = await find(server, task_id)
    return one(wire.task_version(await _find(server, task, revision), task.revision))


@routes.post("/{revision}/restore", response_model=Done[Task])
async def restore(server: Running, task_id: str, revision: str, if_match: IfMatch = None) -> Response:
    """Make the task what it was: name, version, source and schemas of then, as a new revision."""
    task = await find(server, task_id)
    expected = expected_revision(if_match)
    version = await _find(server, task, revision)
    try:
        row = await server.store.tasks.restore(task.id, version.revision, server.now_ms(), expected)
    except Stale as now:
        raise stale(task.name, now.revision) from None
    except Duplicate:
        raise taken(version.name, version.version) from None
    if row is None:
        raise MissingError("task", task_id)
    server.inspector.wake()
    server.feed.publish("tasks", row.id)
    message = f"Task {row.name} is what it was at revision {version.revision}"
    return with_revision(answer(wire.done(message, wire.task(row))), row)


async def _find(server: Server, task: Row, revision: str) -> Row:
    row = await server.store.task_versions.get(task.id, row_id("revision", revision))
    if row is None:
        raise MissingError("revision", revision)
    return row
