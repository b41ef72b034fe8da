"""Notes which failure it was when an execution fails.

A failure is a row that executions point to; how often it came, when and where is counted from those, so that
what is deleted is no longer counted. A resolved one that returns is open again, in the same transaction.
"""

from collections.abc import Iterable
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from ratchet_web.logic.fingerprints import RULES, Fingerprint, fingerprint
from ratchet_web.server.store.codes import FailureCode
from ratchet_web.server.store.lists.failures import LEFT
from ratchet_web.server.store.schema import executions, failure_names, failures, series_marks

_E, _F, _M, _N = executions.c, failures.c, series_marks.c, failure_names.c
# By which rules the failures of a database were grouped, or are being grouped.
_RULES = "failures.rules"
# The newest failure that there was when these rules came.
_NEWEST = "failures.newest"

# Built once: building a statement costs more than running it.
_NEW = insert(failures).values(
    {name: sa.bindparam(name) for name in ("fingerprint", "error", "message", "frame")}
    | {"first_seen": sa.bindparam("at"), "last_seen": sa.bindparam("at")}
)
_SEEN = {
    "first_seen": sa.func.min(_F.first_seen, _NEW.excluded.first_seen),
    "last_seen": sa.func.max(_F.last_seen, _NEW.excluded.last_seen),
}
_IS_RESOLVED = _F.state == FailureCode.RESOLVED
_RETURNED = {
    "state": sa.case((_IS_RESOLVED, FailureCode.OPEN), else_=_F.state),
    "reopened_at": sa.case((_IS_RESOLVED, _NEW.excluded.last_seen), else_=_F.reopened_at),
}
_NOTE = _NEW.on_conflict_do_update(index_elements=["fingerprint"], set_=_SEEN | _RETURNED).returning(_F.id)
_NOTE_OLD = _NEW.on_conflict_do_update(index_elements=["fingerprint"], set_=_SEEN).returning(_F.id)
_JUDGEMENT = ("state", "state_by", "state_at", "reopened_at")
_TAKE_OVER = (
    insert(failures)
    .from_select(
        ["fingerprint", "error", "message", "frame", "first_seen", "last_seen", *_JUDGEMENT],
        sa.select(
            *(sa.bindparam(name) for name in ("fingerprint", "error", "message", "frame")),
            *(sa.bindparam("at"), sa.bindparam("at"), *(_F[name] for name in _JUDGEMENT)),
        ).where(_F.id == sa.bindparam("was")),
    )
    .on_conflict_do_nothing()
)
# What has come by the rules of today alone is, until its past is found, open, and nobody has judged it.
_WAS = failures.alias("was")
_IS_NEW = sa.and_(
    _F.id > sa.select(_M.value).where(_M.name == _NEWEST).scalar_subquery(),
    _F.state == FailureCode.OPEN,
    _F.state_at.is_(None),
    ~sa.exists().where(_N.failure_id == _F.id),
)


def _of_was(value: sa.ColumnElement[Any]) -> sa.ScalarSelect[Any]:
    return sa.select(value).where(_WAS.c.id == sa.bindparam("was")).correlate(failures).scalar_subquery()


_HAS_RETURNED = sa.and_(_WAS.c.state == FailureCode.RESOLVED, _WAS.c.state_at < _F.last_seen)
_FIND_PAST = (
    sa.update(failures)
    .where(_F.id == sa.bindparam("into"), _IS_NEW)
    .values(
        state=_of_was(sa.case((_HAS_RETURNED, FailureCode.OPEN), else_=_WAS.c.state)),
        state_by=_of_was(_WAS.c.state_by),
        state_at=_of_was(_WAS.c.state_at),
        reopened_at=_of_was(sa.case((_HAS_RETURNED, _F.last_seen), else_=_WAS.c.reopened_at)),
    )
)
_MOVE_NAMES = (
    sa.update(failure_names)
    .where(_N.failure_id == sa.bindparam("was"))
    .values(failure_id=sa.bindparam("into"))
)
_KEEP_NAME = (
    insert(failure_names)
    .from_select(
        ["fingerprint", "failure_id"],
        sa.select(_F.fingerprint, sa.bindparam("into")).where(_F.id == sa.bindparam("was")),
    )
    .on_conflict_do_nothing()
)
_POINT = (
    sa.update(executions).where(_E.id == sa.bindparam("which")).values(failure_id=sa.bindparam("failure"))
)


def note(
    connection: sa.Connection, execution_id: int, message: str | None, details: str | None, at_ms: int
) -> int:
    """Let an execution that just failed point to its failure, which is open again if it was resolved."""
    return _point(connection, _NOTE, execution_id, of(message, details), at_ms)


def note_old(
    connection: sa.Connection, execution_id: int, found: Fingerprint, at_ms: int, was: int | None
) -> int:
    """Let an execution that failed some time ago point to its failure, whatever became of that since.

    `was` is the failure to which it pointed by other rules. If nothing failed so before, what was made of
    that is made of this: of several that become one, it is that of the newest execution.
    """
    if was is not None:
        connection.execute(_TAKE_OVER, {**_told(found), "at": at_ms, "was": was})
    return _point(connection, _NOTE_OLD, execution_id, found, at_ms)


def rename(connection: sa.Connection, was: int, into: int) -> None:
    """Let a failure be found by the names of the one to which its newest execution pointed by other rules.

    If it has come already by the rules of today, what was made of that one is made of it now.
    """
    both = {"was": was, "into": into}
    for statement in (_FIND_PAST, _MOVE_NAMES, _KEEP_NAME):
        connection.execute(statement, both)


def of(message: str | None, details: str | None) -> Fingerprint:
    """Return the fingerprint of an error as the database has it; `details` is JSON."""
    return fingerprint(message, orjson.loads(details) if details else None)


def _point(
    connection: sa.Connection,
    statement: sa.Executable,
    execution_id: int,
    found: Fingerprint,
    at_ms: int,
) -> int:
    noted: int = connection.execute(statement, {**_told(found), "at": at_ms}).scalar_one()
    connection.execute(_POINT, {"which": execution_id, "failure": noted})
    return noted


def _told(found: Fingerprint) -> dict[str, str]:
    return {"fingerprint": found.key, "error": found.error, "message": found.message, "frame": found.frame}


def remove_left(connection: sa.Connection, ids: Iterable[int]) -> None:
    """Remove those of these failures from which every execution was moved to another."""
    kept = sa.exists().where(_E.failure_id == _F.id)
    connection.execute(sa.delete(failures).where(_F.id.in_(list(ids)), ~kept))


def follow_rules(connection: sa.Connection) -> None:
    """Let all executions that there are be looked at, unless they were by the rules of today."""
    if connection.scalar(sa.select(_M.value).where(_M.name == _RULES)) == RULES:
        return
    connection.execute(sa.delete(series_marks).where(_M.name.in_((_RULES, LEFT, _NEWEST))))
    connection.execute(sa.delete(failure_names).where(_N.fingerprint.in_(sa.select(_F.fingerprint))))
    last = connection.scalar(sa.select(sa.func.max(_F.id))) or 0
    marks = [{"name": _RULES, "value": RULES}, {"name": _NEWEST, "value": last}]
    connection.execute(sa.insert(series_marks), marks)
    if newest := connection.scalar(sa.select(sa.func.max(_E.id))):
        connection.execute(sa.insert(series_marks).values(name=LEFT, value=newest))
