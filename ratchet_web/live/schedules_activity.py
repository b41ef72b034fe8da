"""Watching what schedules did, and what was changed of them, apart from what they are.

Jobs change all the time: no definition is read anew for that.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final

from pydantic import JsonValue
from pydantic_core import to_json

from ratchet_web.api import Ratchet
from ratchet_web.api.schedules import CHANGES
from ratchet_web.live.lately import Beside, Lately
from ratchet_web.live.rows import Row
from ratchet_web.live.topic import Snapshot, Topic, is_about, is_of
from ratchet_web.models.dialect import Ability
from ratchet_web.models.monitoring import Change
from ratchet_web.models.schedules import ScheduleQuery
from ratchet_web.models.schedules_activity import FieldChange, PastRun, ScheduleActivity, ScheduleRevision

# So long texts of a change are sent; of a longer one, how long it is.
TEXT_LIMIT: Final = 16_000


def _tells_of(change: Change) -> bool:
    return is_about(change, "jobs") or is_about(change, "schedules")


@dataclass(frozen=True)
class ScheduleStrips(Beside):
    """`strips?…`: the last runs of the schedules of the page `schedules?…`, by their ids."""

    NOUN: ClassVar = "schedules"
    ABILITY: ClassVar = Ability.SCHEDULE_ACTIVITY
    query: ScheduleQuery

    def dirtied_by(self, change: Change, last: Snapshot) -> bool:
        """By whatever it tells of."""
        return _tells_of(change)

    async def page(self, api: Ratchet) -> tuple[Row, ...]:
        """Return their runs."""
        return tuple(map(_strip, (await api.schedules.activity(self.query)).rows))


def lately(api: Ratchet) -> Lately:
    """Return the last runs of schedules, for all topics of that kind."""

    async def read(ids: Sequence[str]) -> Iterable[Row]:
        return map(_strip, await api.schedules.activity_of(ids))

    return Lately(read)


@dataclass(frozen=True)
class ScheduleFigures(Topic):
    """`strips/12`: the last runs of a schedule, how those of late ended, and how late they were."""

    NOUN: ClassVar = "schedules"
    LEAST_GAP_S: ClassVar = 3.0
    id: str

    def dirtied_by(self, change: Change, last: Snapshot) -> bool:
        """By whatever it tells of."""
        return _tells_of(change)

    async def fetch(self, api: Ratchet) -> Snapshot:
        """Return one row; nothing where the server does not tell it."""
        if not (await api.dialect()).can(Ability.SCHEDULE_ACTIVITY):
            return Snapshot()
        told = await api.schedules.statistics(self.id)
        return Snapshot(({**told.model_dump(mode="json"), "id": self.id, "runs": _runs(told.runs)},))


@dataclass(frozen=True)
class ScheduleHistory(Topic):
    """`changes/12`, `changes/12/51`: the newest changes of a schedule, or those before one; `about.more`."""

    NOUN: ClassVar = "schedules"
    id: str
    before: str | None = None

    def dirtied_by(self, change: Change, last: Snapshot) -> bool:
        """Only by changes of its schedule."""
        return is_of(change, self.NOUN, self.id)

    async def fetch(self, api: Ratchet) -> Snapshot:
        """Return them, the newest first; nothing where the server keeps none."""
        if not (await api.dialect()).can(Ability.SCHEDULE_CHANGES):
            return Snapshot()
        found = await api.schedules.changes(self.id, before=self.before)
        more = len(found) == CHANGES and not found[-1].created
        return Snapshot(tuple(map(_revision, found)), {"more": more})


def _strip(told: ScheduleActivity) -> Row:
    return {"id": told.id, "runs": _runs(told.runs)}


def _runs(runs: tuple[PastRun, ...]) -> list[Row]:
    return [
        {**run.model_dump(mode="json"), "duration_ms": _ms(run.started_at, run.completed_at)} for run in runs
    ]


def _ms(begin: datetime | None, end: datetime | None) -> int | None:
    return None if begin is None or end is None else round((end - begin).total_seconds() * 1000)


def _revision(change: ScheduleRevision) -> Row:
    return {
        **change.model_dump(mode="json", exclude={"fields"}),
        "fields": [_field(each) for each in change.fields],
    }


def _field(change: FieldChange) -> dict[str, Any]:
    """Return a field with both values as text; a long one is None, and its size says so."""
    before, after = _text(change.before), _text(change.after)
    sizes = (change.before_size or len(before), change.after_size or len(after))
    return {
        "field": change.field,
        "hidden": change.hidden,
        "before": None if change.before_size or len(before) > TEXT_LIMIT else before,
        "after": None if change.after_size or len(after) > TEXT_LIMIT else after,
        "sizes": sizes,
    }


def _text(value: JsonValue) -> str:
    """Return a value as people read it: a text as it is, all else as indented JSON; null is empty."""
    if value is None or isinstance(value, str):
        return value or ""
    return to_json(value, indent=2).decode()
