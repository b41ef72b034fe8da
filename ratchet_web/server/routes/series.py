"""`/series`: what happened when, for charts."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import Query, Response

from ratchet_web.logic.histograms import Summary
from ratchet_web.logic.schemas import Fault
from ratchet_web.models.envelopes import One
from ratchet_web.models.series import Series
from ratchet_web.server import wire
from ratchet_web.server.errors import InvalidError
from ratchet_web.server.parameters.base import milliseconds
from ratchet_web.server.parameters.series import RESOLUTIONS_S, SeriesParameters
from ratchet_web.server.routes.base import Running, one, router
from ratchet_web.server.server import Server
from ratchet_web.server.store.buckets import EVENTS, GAUGES, Bucket, Gauges
from ratchet_web.server.store.series import ALL_TASKS, KEPT_S, MINUTE_S, QUARTER_S, SECOND_S, Buckets
from ratchet_web.server.store.times import RUNS, WAITS, Kind

routes = router()

Column = list[Any]


@routes.get("/series", response_model=One[Series])
async def series(server: Running, parameters: Annotated[SeriesParameters, Query()]) -> Response:
    """Return one column for each figure, with a value for each bucket; null where nothing is known of it."""
    step_s = RESOLUTIONS_S[parameters.resolution]
    since_s, until_s = _range(parameters, step_s, server.now_ms() // 1000)
    task_id = parameters.task_id or ALL_TASKS
    found = await server.store.series.read(step_s, since_s, until_s, task_id)
    starts = range(since_s, until_s, step_s)
    if task_id == ALL_TASKS:
        _look_at_gauges(server, step_s, found)
    else:
        kept = await server.store.series.starts(min(step_s, QUARTER_S), since_s, until_s)
        known = {start - start % step_s for start in kept}
        found = {start: found.get(start, Bucket()) for start in {*found, *known}}
    _fill_own_time(server, step_s, starts, found)
    buckets = [found.get(start) for start in starts]
    return one(
        {
            "resolution": parameters.resolution,
            "from": wire.instant(since_s * 1000),
            "to": wire.instant(until_s * 1000),
            "start": [wire.instant(start * 1000) for start in starts],
            **{event.name.lower(): [b and b.events[event] for b in buckets] for event in EVENTS},
            "durationMs": _times(buckets, RUNS),
            "waitMs": _times(buckets, WAITS),
            "gauges": _gauges(buckets) if task_id == ALL_TASKS else None,
        }
    )


def _range(parameters: SeriesParameters, step_s: int, now_s: int) -> tuple[int, int]:
    """Return the start of the first bucket, and the end of the last."""
    kept_s = KEPT_S[min(step_s, QUARTER_S)]
    end_s = now_s + 1 if parameters.until is None else -(-milliseconds(parameters.until) // 1000)
    until_s = -(-end_s // step_s) * step_s
    since_s = until_s - kept_s
    if parameters.since is not None:
        begin_s = milliseconds(parameters.since) // 1000
        since_s = begin_s - begin_s % step_s
    if not since_s < until_s:
        raise InvalidError([Fault("from", "must be before to")])
    if until_s - since_s > kept_s + step_s:
        message = f"must be at most {kept_s} s before to with resolution {parameters.resolution}"
        raise InvalidError([Fault("from", message)])
    return since_s, until_s


def _look_at_gauges(server: Server, step_s: int, found: Buckets) -> None:
    """Add the gauges that are not stored (yet)."""
    if step_s == SECOND_S:
        for start, gauges in list(server.series.seconds.items()):
            if start in found or server.series.since_s <= start:
                found.setdefault(start, Bucket()).gauges = gauges
    for start, gauges in server.series.unfolded():
        begin = start - start % step_s
        if step_s >= MINUTE_S:
            bucket = found.setdefault(begin, Bucket())
            bucket.gauges.add(gauges)


def _fill_own_time(server: Server, step_s: int, starts: Iterable[int], found: Buckets) -> None:
    """While this server runs, a bucket in which nothing happened is known to be empty."""
    now_s = server.now_ms() // 1000
    for start in starts:
        if start + step_s > server.series.since_s and start <= now_s:
            found.setdefault(start, Bucket())


def _times(buckets: list[Bucket | None], kinds: Sequence[Kind]) -> dict[str, Column]:
    summaries = [asdict(Summary() if bucket is None else bucket.of(*kinds).summary()) for bucket in buckets]
    return {name: [summary[name] for summary in summaries] for name in ("p50", "p95", "p99", "mean")}


def _gauges(buckets: list[Bucket | None]) -> dict[str, dict[str, Column]]:
    def column(value: Callable[[Gauges, int], Any], index: int) -> Column:
        return [None if bucket is None else value(bucket.gauges, index) for bucket in buckets]

    return {
        name: {"mean": column(Gauges.mean, index), "max": column(Gauges.greatest, index)}
        for index, name in enumerate(GAUGES)
    }
