"""Watching failures: the list, one of them, and the newest execution that failed so."""

from dataclasses import dataclass
from typing import ClassVar, Final

from ratchet_web.api import NotFound, Ratchet
from ratchet_web.live.executions_detail import ExecutionDetail
from ratchet_web.live.rows import Row, list_row
from ratchet_web.live.topic import Snapshot, Topic, as_range_moves, is_about, total_of
from ratchet_web.logic.failures import title
from ratchet_web.models.failures import Failure, FailureQuery, FailureTrend, is_fingerprint
from ratchet_web.models.monitoring import Change

NOUN: Final = "failures"


@dataclass(frozen=True)
class _OfFailures(Topic):
    """What changes when something fails, and when somebody judges it."""

    NOUN: ClassVar = NOUN
    # However much fails, this is as often as a person can follow.
    LEAST_GAP_S: ClassVar = 1.0

    def dirtied_by(self, change: Change, last: Snapshot) -> bool:
        """By failures; where the server keeps none, by executions."""
        grouped_here = last.about.get("looked_at") is not None
        return is_about(change, NOUN) or (grouped_here and is_about(change, "executions"))


@dataclass(frozen=True)
class FailureList(_OfFailures):
    """`failures?…`: a page of the list; `about` has `total`, `counts` by state, `complete`.

    `looked_at`: they were grouped here, from so many executions.
    """

    query: FailureQuery

    def wait_s(self, announced: bool, age_s: float, unfinished: bool, failures: int) -> float | None:
        """Executions leave a range that ends now without any change."""
        wait_s = super().wait_s(announced, age_s, unfinished, failures)
        return wait_s if failures or not announced else as_range_moves(wait_s, self.query.range)

    async def fetch(self, api: Ratchet) -> Snapshot:
        """Return the page."""
        page = await api.failures.page(self.query)
        counts = {name.upper(): n for name, n in page.counts if n is not None}
        about = {
            **total_of(page),
            "counts": counts,
            "looked_at": page.looked_at,
            "complete": page.complete,
        }
        # While older ones are still grouped, there are more with each look.
        filling = not page.complete and page.looked_at is None
        return Snapshot(tuple(map(failure_row, page.rows)), about, filling)


@dataclass(frozen=True)
class FailureDetail(_OfFailures):
    """`failures/0123456789abcdef`: one of them; `about.looked_at`: it was grouped here, of so many."""

    id: str

    async def fetch(self, api: Ratchet) -> Snapshot:
        """Return it."""
        failure = await api.failures.get(self.id)
        looked_at = None if failure.state.known else failure.count
        return Snapshot((failure_row(failure),), {"looked_at": looked_at})


@dataclass(frozen=True)
class FailureExample(_OfFailures):
    """`failures/0123456789abcdef/sample`: the newest that failed so, as `ExecutionDetail` has it."""

    id: str

    async def fetch(self, api: Ratchet) -> Snapshot:
        """Return the execution.

        Raises:
            NotFound: none is kept.
        """
        sample = (await api.failures.get(self.id)).sample
        if sample is None:
            raise NotFound("No execution is kept that failed so", status=404)
        return await ExecutionDetail(self.name, sample.execution_id).fetch(api)


def failure_row(failure: Failure) -> Row:
    """Return a failure as it is drawn: its `title`, its trend in words, and all of its `versions`."""
    versions = {version for task in failure.tasks for version in task.versions}
    return {
        **list_row(failure),
        "title": title(failure.error, failure.message),
        "trend_words": trend_words(failure.trend),
        "versions": sorted(versions),
    }


def trend_words(trend: FailureTrend) -> str:
    """Return the trend in words, for those who do not see it."""
    if not any(trend.counts):
        return "None in this time"
    half = len(trend.counts) // 2
    before, after = sum(trend.counts[:half]), sum(trend.counts[half:])
    way = "as many as" if before == after else "more than" if after > before else "fewer than"
    return f"{after:,} in the second half of this time, {way} the {before:,} in the first"


def parsed(name: str) -> Topic | None:
    """Return the topic of one failure, None if this names none."""
    noun, _, rest = name.partition("/")
    id, _, part = rest.partition("/")
    if noun != NOUN or not is_fingerprint(id):
        return None
    if name == f"{NOUN}/{id}":
        return FailureDetail(name, id)
    return FailureExample(name, id) if name == f"{NOUN}/{id}/{part}" and part == "sample" else None
