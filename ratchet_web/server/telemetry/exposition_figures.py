"""What Prometheus is told, gathered from the database and this process."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ratchet_web import __version__
from ratchet_web.logic.histograms import Histogram
from ratchet_web.server.engine.pool import Place
from ratchet_web.server.server import Server
from ratchet_web.server.store.buckets import Bucket
from ratchet_web.server.store.codes import ExecutionCode, JobCode, PriorityCode
from ratchet_web.server.store.schedules import ScheduleCounts
from ratchet_web.server.store.tallies import Span
from ratchet_web.server.store.tasks import TaskCounts
from ratchet_web.server.telemetry import resources
from ratchet_web.server.telemetry.requests import Kind, Requests


@dataclass(frozen=True)
class Figures:
    """One look at everything. `lifetime` never shrinks; the rest is as it is now, or since the start."""

    version: str
    uptime_s: float
    lifetime: Bucket
    executions: Mapping[ExecutionCode, int]
    jobs: Mapping[JobCode, int]
    depths: Mapping[PriorityCode, int]
    paused: frozenset[int]
    tasks: TaskCounts
    schedules: ScheduleCounts
    triggers: tuple[int, int]
    places: Sequence[Place]
    requests: Mapping[Kind, Histogram]
    queries: int
    slow_queries: int
    query_s: float
    memory_bytes: int | None
    dropped_streams: int


async def gather(server: Server, requests: Requests) -> Figures:
    """Return what is known now."""
    now_ms, store = server.now_ms(), server.store
    depths = await store.stats.depths()
    return Figures(
        version=__version__,
        uptime_s=server.uptime_s(),
        lifetime=await store.series.lifetime(),
        executions=(await store.stats.executions(Span(), now_ms)).by_status,
        jobs=(await store.stats.jobs(Span(), now_ms)).by_status,
        depths=dict(zip(PriorityCode, depths, strict=True)),
        paused=frozenset(row.task_id for row in await store.pauses.all()),
        tasks=await store.tasks.counts(),
        schedules=await store.schedules.counts(now_ms),
        triggers=await store.stats.triggers(),
        places=server.pool.places(),
        requests=requests.since_start,
        queries=store.queries.total,
        slow_queries=store.queries.slow,
        query_s=store.queries.seconds,
        # In a thread: the system takes a millisecond to add it up.
        memory_bytes=await asyncio.to_thread(resources.memory_bytes),
        dropped_streams=server.streams.dropped,
    )
