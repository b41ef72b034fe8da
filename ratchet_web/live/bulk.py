"""Watching bulk runs. They are of this process: looking at one asks the server nothing."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from ratchet_web.api import Ratchet
from ratchet_web.bulk.run import Run
from ratchet_web.bulk.runs import Runs
from ratchet_web.live import policy
from ratchet_web.live.rows import Row
from ratchet_web.live.topic import Snapshot, Topic, is_about
from ratchet_web.models.monitoring import Change
from ratchet_web.models.runs import Item, Outcome

LIST: Final = "bulk"
PAGE: Final = 50
# `bulk/1f2e3d4c`, `bulk/s12.failed`, `bulk/1f2e3d4c.all.2`: the items of an outcome, and which page of them.
NAME: Final = re.compile(
    r"bulk/([0-9a-z]{1,20})(?:\.(all|done|skipped|refused|failed|left)(?:\.([1-9][0-9]{0,3}))?)?"
)


@dataclass(frozen=True)
class _OfProcess(Topic):
    """What this process knows by itself, and says when it changed."""

    NOUN: ClassVar = "bulk"
    LEAST_GAP_S: ClassVar = 0.25

    runs: Runs

    def wait_s(self, announced: bool, age_s: float, unfinished: bool, failures: int) -> float | None:
        """Never without a change, but after a failure."""
        return policy.retry_s(failures) if failures else None


@dataclass(frozen=True)
class BulkList(_OfProcess):
    """`bulk`: the runs that were confirmed, the newest first, without their items."""

    async def fetch(self, api: Ratchet) -> Snapshot:
        """Return the runs."""
        return Snapshot(tuple({"id": run.id, **summary(run)} for run in self.runs.begun()))


@dataclass(frozen=True)
class BulkDetail(_OfProcess):
    """`bulk/1f2e3d4c`: a run in `about`, and a page of its items with one outcome, or all, as rows."""

    id: str
    outcome: Outcome | None
    page: int

    def dirtied_by(self, change: Change, last: Snapshot) -> bool:
        """By its own changes, under whichever of its ids."""
        return is_about(change, self.NOUN) and self.runs.are_one(change.id, self.id)

    async def fetch(self, api: Ratchet) -> Snapshot:
        """Return the run and the items."""
        run = await self.runs.find(self.id)
        items = [each for each in run.items.values() if self.outcome in (None, each.outcome)]
        first = (self.page - 1) * PAGE
        rows = [_item(each) for each in items[first : first + PAGE]] if run.has_begun else []
        window = {"page": self.page, "more": len(items) > first + PAGE, "matching": len(items)}
        return Snapshot(tuple(rows), {**window, "outcome": self.outcome or "all", **whole(run, api)})


def bulk_topic(name: str, runs: Runs) -> Topic | None:
    """Return the topic of this name, None if it makes no sense."""
    if name == LIST:
        return BulkList(name, runs)
    if not (found := NAME.fullmatch(name)):
        return None
    outcome = None if found[2] in (None, "all") else Outcome(found[2])
    return BulkDetail(name, runs, found[1], outcome, int(found[3] or 1))


def summary(run: Run) -> Row:
    """Return what a list of runs shows of one."""
    return {
        "run": run.id,
        "noun": run.choice.noun,
        "verb": run.choice.verb,
        "value": run.choice.value,
        "phase": run.phase.value,
        "total": len(run.items),
        "possible": run.possible,
        "counts": {outcome.value: run.counts[outcome] for outcome in Outcome},
        "progress": 1 - run.counts[Outcome.LEFT] / len(run.items) if run.items else 0.0,
        "began_at": run.began_at,
        "ended_at": run.ended_at,
        "trouble": run.trouble,
        "due_at": run.due_at,
    }


def whole(run: Run, api: Ratchet) -> Row:
    """Return everything about a run but its items."""
    rate, remaining_s = run.per_second(), run.remaining_s(api.pace())
    return {
        **summary(run),
        "seen": run.seen,
        "every": run.choice.query is not None,
        "narrowed": run.narrowed,
        "states": _counted(run.states.most_common()),
        "hindered": _counted(run.hindered.most_common()),
        "hindered_total": run.hindered.total(),
        "examples": [_item(each) for each in run.examples],
        "waits": run.waits,
        "caveat": run.caveat,
        "reason": run.reason,
        "keeps_reason": run.by_server,
        "task": run.creation.task_id if run.creation else None,
        "to_type": run.to_type,
        "limited": run.pace is not None,
        "left_today": None if run.pace is None else run.pace.left_today,
        "requests": run.requests if run.pace is not None else None,
        "pace": pace_of(run),
        "per_s": None if rate is None else round(rate, 1),
        "remaining_ms": None if remaining_s is None else round(remaining_s) * 1000,
    }


def pace_of(run: Run) -> str:
    """Return how fast a person wants a run to go, as text: empty for as fast as it can."""
    return "" if run.throttle.per_s is None else f"{run.throttle.per_s:g}"


def _item(item: Item) -> Row:
    return {**item._asdict(), "outcome": item.outcome.value}


def _counted(pairs: Sequence[tuple[str, int]]) -> list[Row]:
    return [{"what": what, "n": n} for what, n in pairs]
