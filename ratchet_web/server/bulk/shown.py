"""How bulk operations are shown: JSON, CSV, JSON lines."""

import csv
import io
from collections.abc import AsyncIterator, Sequence
from typing import Any

import orjson

from ratchet_web.server import wire
from ratchet_web.server.bulk.resources import Resource
from ratchet_web.server.store.bulk import Bulk, Preview
from ratchet_web.server.store.codes import BulkCode, OutcomeCode
from ratchet_web.server.store.lists.base import Row

FIELDS = ("id", "outcome", "message")
DOWNLOAD_CHUNK = 2_000


def operation(row: Row, per_second: float | None) -> dict[str, Any]:
    """Return an operation; `per_second` is what is known of one that runs."""
    done = row.succeeded + row.refused + row.failed
    status = BulkCode(row.status)
    if status is not BulkCode.RUNNING and row.started_at is not None and row.completed_at is not None:
        per_second = 1000 * done / max(row.completed_at - row.started_at, 1)
    going = status is BulkCode.RUNNING and per_second
    return {
        "id": str(row.id),
        "resource": row.resource,
        "action": row.action,
        "filter": _json(row.filter),
        "arguments": _json(row.arguments),
        "reason": row.reason,
        "createdBy": row.created_by,
        "ratePerSecond": row.rate_per_second,
        "status": status.name,
        "message": row.message,
        "total": row.total,
        "done": done,
        "succeeded": row.succeeded,
        "refused": row.refused,
        "failed": row.failed,
        "donePerSecond": None if per_second is None else round(per_second, 2),
        "remainingSeconds": round((row.total - done) / per_second, 1) if going and per_second else None,
        "createdAt": wire.instant(row.created_at),
        "startedAt": wire.instant(row.started_at),
        "completedAt": wire.instant(row.completed_at),
    }


def preview(resource: Resource, action: str, found: Preview, unknown: int) -> dict[str, Any]:
    """Return what a dry run found; `unknown` ids count as refused."""
    refused = [{"reason": reason, "count": count} for reason, count in found.refused.items()]
    if unknown:
        refused.append({"reason": "is not there", "count": unknown})
    return {
        "dryRun": True,
        "resource": resource.name,
        "action": action,
        "total": sum(found.by_state.values()) + unknown,
        "unknown": unknown,
        "byStatus": found.by_state,
        "possible": found.possible,
        "refused": refused,
        "sample": [resource.present(row) for row in found.sample],
    }


def item(row: Row) -> dict[str, Any]:
    """Return what became of one row."""
    return {"id": str(row.row_id), "outcome": OutcomeCode(row.outcome).name, "message": row.message}


async def jsonl(bulk: Bulk, operation_id: int, outcome: OutcomeCode | None) -> AsyncIterator[bytes]:
    """Yield all items as JSON lines."""
    async for rows in _pieces(bulk, operation_id, outcome):
        yield b"".join(orjson.dumps(item(row)) + b"\n" for row in rows)


async def csv_text(bulk: Bulk, operation_id: int, outcome: OutcomeCode | None) -> AsyncIterator[bytes]:
    """Yield all items as CSV (RFC 4180)."""
    yield (",".join(FIELDS) + "\r\n").encode()
    async for rows in _pieces(bulk, operation_id, outcome):
        text = io.StringIO()
        csv.DictWriter(text, FIELDS).writerows(item(row) for row in rows)
        yield text.getvalue().encode()


async def _pieces(bulk: Bulk, operation_id: int, outcome: OutcomeCode | None) -> AsyncIterator[Sequence[Row]]:
    after = -1
    while rows := await bulk.items(operation_id, outcome, 0, DOWNLOAD_CHUNK, after):
        yield rows
        after = rows[-1].row_id


def _json(text: str | None) -> orjson.Fragment | None:
    return None if text is None else orjson.Fragment(text)
