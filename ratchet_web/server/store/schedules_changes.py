"""How schedules came to be what they are: each change, old and new, kept in the transaction that makes it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import orjson
import sqlalchemy as sa

from ratchet_web.server.store.codes import MisfireCode, PriorityCode
from ratchet_web.server.store.lists.base import LIST_TEXT_LIMIT, Row
from ratchet_web.server.store.schema import schedule_changes

_C = schedule_changes.c

# Of one schedule so many are kept, the newest.
MOST_KEPT: Final = 200


def _text(value: Any) -> Any:
    """Return what is kept of a JSON text: itself, or how long it is where it is too long to be kept."""
    return value if value is None or len(value) <= LIST_TEXT_LIMIT else len(value)


def _hidden(value: Any) -> Any:
    """Return what is kept of what holds secrets: whether there is any."""
    return value is not None


# Column → what is kept of a value. `enabled` and the like are kept as they are.
KEPT: Final[Mapping[str, Callable[[Any], Any]]] = {
    "name": str,
    "description": lambda value: value,
    "task_id": str,
    "cron_expression": str,
    "time_zone": str,
    "enabled": bool,
    "priority": lambda value: PriorityCode(value).name,
    "max_retries": int,
    "retry_policy": _text,
    "misfire_policy": lambda value: MisfireCode(value).name,
    "allow_overlap": bool,
    "input": _text,
    "destinations": _hidden,
}


class Changes(NamedTuple):
    """Some changes of one schedule, the newest first; how many are kept in all, and if older ones are."""

    rows: Sequence[Row]
    total: int
    more: bool


def created(connection: sa.Connection, schedule_id: int, now_ms: int, by: str | None) -> None:
    """Keep that a schedule was created."""
    values = {"schedule_id": schedule_id, "changed_at": now_ms, "changed_by": by}
    connection.execute(sa.insert(schedule_changes).values(**values))


def record(connection: sa.Connection, before: Row, after: Row, now_ms: int, by: str | None) -> None:
    """Keep what of a schedule is another than before; nothing where all is the same."""
    fields = _differences(before, after)
    if not fields:
        return
    told = orjson.dumps(fields).decode()
    values = {"schedule_id": after.id, "changed_at": now_ms, "changed_by": by, "fields": told}
    connection.execute(sa.insert(schedule_changes).values(**values))
    mine = _C.schedule_id == after.id
    oldest = sa.select(_C.id).where(mine).order_by(_C.id.desc()).limit(1).offset(MOST_KEPT).scalar_subquery()
    connection.execute(sa.delete(schedule_changes).where(mine, _C.id <= oldest))


def before(connection: sa.Connection, schedule_id: int, change_id: int | None, limit: int) -> Changes:
    """Return at most `limit` changes before one of them, or the newest ones."""
    mine = _C.schedule_id == schedule_id
    older = sa.true() if change_id is None else _C.id < change_id
    wanted = sa.select(schedule_changes).where(mine, older).order_by(_C.id.desc()).limit(limit + 1)
    count = sa.select(sa.func.count()).select_from(schedule_changes).where(mine)
    found = connection.execute(wanted).all()
    return Changes(found[:limit], connection.scalar(count) or 0, len(found) > limit)


def _differences(before: Row, after: Row) -> list[tuple[str, Any, Any]]:
    pairs = ((name, getattr(before, name), getattr(after, name)) for name in KEPT)
    return [(name, KEPT[name](old), KEPT[name](new)) for name, old, new in pairs if old != new]
