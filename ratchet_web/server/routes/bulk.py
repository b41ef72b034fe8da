"""`/{resource}/bulk`: one act on many rows. `/bulk`: how such operations are getting on."""

from typing import Annotated, Any

from fastapi import Query, Request, Response
from fastapi.responses import StreamingResponse

from ratchet_web.models.bulk import BulkItem, BulkOperation, BulkPace, BulkPreview, NewBulk
from ratchet_web.models.envelopes import Done, Listed, One
from ratchet_web.server import wire
from ratchet_web.server.access.identity import Caller
from ratchet_web.server.bulk import shown
from ratchet_web.server.bulk.requests import act_of, operation_columns, selection_of
from ratchet_web.server.bulk.resources import EXECUTIONS, JOBS, SCHEDULES, TASKS, Resource
from ratchet_web.server.errors import ConflictError, MissingError
from ratchet_web.server.parameters.bulk import BulkParameters, ItemParameters
from ratchet_web.server.routes.base import Running, answer, one, router, row_id
from ratchet_web.server.server import Server
from ratchet_web.server.store.codes import BulkCode, OutcomeCode
from ratchet_web.server.store.lists.base import Row, Rows

routes = router()

# What FastAPI is told of answers that the model of an operation does not describe.
Described = dict[int | str, dict[str, Any]]
_TEXT = {"schema": {"type": "string"}}
_BEGUN: Described = {202: {"model": One[BulkOperation], "description": "The rows are noted down; it began"}}
_FILES: Described = {200: {"content": {"text/csv": _TEXT, "application/x-ndjson": _TEXT}}}


@routes.post("/executions/bulk", response_model=One[BulkPreview], responses=_BEGUN)
async def executions(server: Running, request: Request, body: NewBulk) -> Response:
    """Cancel, retry or delete many executions."""
    return await _ask(server, request, EXECUTIONS, body)


@routes.post("/jobs/bulk", response_model=One[BulkPreview], responses=_BEGUN)
async def jobs(server: Running, request: Request, body: NewBulk) -> Response:
    """Cancel, retry, change or delete many jobs."""
    return await _ask(server, request, JOBS, body)


@routes.post("/tasks/bulk", response_model=One[BulkPreview], responses=_BEGUN)
async def tasks(server: Running, request: Request, body: NewBulk) -> Response:
    """Enable, disable or delete many tasks."""
    return await _ask(server, request, TASKS, body)


@routes.post("/schedules/bulk", response_model=One[BulkPreview], responses=_BEGUN)
async def schedules(server: Running, request: Request, body: NewBulk) -> Response:
    """Enable, disable, trigger or delete many schedules."""
    return await _ask(server, request, SCHEDULES, body)


@routes.get("/bulk", response_model=Listed[BulkOperation])
async def page(server: Running, parameters: Annotated[BulkParameters, Query()]) -> Response:
    """List bulk operations, newest first."""
    window = parameters.window()
    rows, total = await server.store.bulk.page(window.offset, window.limit)
    return answer(wire.listed(Rows(rows, total), window, lambda row: _shown(server, row), server.now_ms()))


@routes.get("/bulk/{operation_id}", response_model=One[BulkOperation])
async def get(server: Running, operation_id: str) -> Response:
    """Return one bulk operation."""
    return one(_shown(server, await _find(server, operation_id)))


@routes.get("/bulk/{operation_id}/items", response_model=Listed[BulkItem], responses=_FILES)
async def items(
    server: Running, operation_id: str, parameters: Annotated[ItemParameters, Query()]
) -> Response:
    """List what became of each row; with `format`, download it."""
    row = await _find(server, operation_id)
    outcome = None if parameters.outcome is None else OutcomeCode[parameters.outcome.name]
    if parameters.format is not None:
        return _download(server, row, outcome, parameters.format)
    window = parameters.window()
    found = await server.store.bulk.items(row.id, outcome, window.offset, window.limit)
    return answer(wire.listed(Rows(found, _count(row, outcome)), window, shown.item, server.now_ms()))


@routes.post("/bulk/{operation_id}/abort", response_model=Done[BulkOperation])
async def abort(server: Running, operation_id: str) -> Response:
    """Abort a bulk operation: what it did stays done."""
    row = await _find(server, operation_id)
    if not await server.bulk.abort(row.id):
        after = await _find(server, operation_id)
        raise ConflictError(f"Bulk operation {row.id} is {BulkCode(after.status).name} already")
    after = await _find(server, operation_id)
    return answer(wire.done(f"Bulk operation {row.id} is aborted", _shown(server, after)))


@routes.post("/bulk/{operation_id}/pace", response_model=Done[BulkOperation])
async def pace(server: Running, operation_id: str, body: BulkPace) -> Response:
    """Let a bulk operation go on slower or faster, or stand still."""
    row = await _find(server, operation_id)
    if not await server.bulk.pace(row.id, body.rate_per_second):
        after = await _find(server, operation_id)
        raise ConflictError(f"Bulk operation {row.id} is {BulkCode(after.status).name} already")
    after = await _find(server, operation_id)
    return answer(wire.done(f"Bulk operation {row.id} goes on at another pace", _shown(server, after)))


async def _ask(server: Server, request: Request, resource: Resource, body: NewBulk) -> Response:
    act = act_of(resource, body)
    selection = selection_of(resource, body, server.now_ms())
    if body.dry_run:
        found = await server.store.bulk.preview(act, selection)
        unknown = 0 if body.ids is None else len(body.ids) - sum(found.by_state.values())
        return one(shown.preview(resource, body.action, found, unknown))
    columns = operation_columns(resource, body, _who(request))
    return one(_shown(server, await server.bulk.add(columns, selection)), 202)


async def _find(server: Server, operation_id: str) -> Row:
    row = await server.store.bulk.get(row_id("bulk operation", operation_id))
    if row is None:
        raise MissingError("bulk operation", operation_id)
    return row


def _shown(server: Server, row: Row) -> wire.Json:
    return shown.operation(row, server.bulk.per_second(row.id))


def _count(row: Row, outcome: OutcomeCode | None) -> int:
    """Return how many items have an outcome; the operation keeps these counts."""
    done: int = row.succeeded + row.refused + row.failed
    counts: dict[OutcomeCode | None, int] = {
        None: row.total,
        OutcomeCode.PENDING: row.total - done,
        OutcomeCode.SUCCEEDED: row.succeeded,
        OutcomeCode.REFUSED: row.refused,
        OutcomeCode.FAILED: row.failed,
    }
    return counts[outcome]


def _download(server: Server, row: Row, outcome: OutcomeCode | None, form: str) -> Response:
    stream = (shown.csv_text if form == "csv" else shown.jsonl)(server.store.bulk, row.id, outcome)
    kind = "text/csv; charset=utf-8" if form == "csv" else "application/x-ndjson"
    headers = {"content-disposition": f'attachment; filename="bulk-{row.id}.{form}"'}
    return StreamingResponse(stream, media_type=kind, headers=headers)


def _who(request: Request) -> str | None:
    caller: Caller | None = request.state.user
    return None if caller is None else caller.name
