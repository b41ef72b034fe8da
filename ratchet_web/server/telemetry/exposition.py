"""The text format of Prometheus. Names begin with `ratchet_`; units are seconds and bytes.

Counters and histograms of executions come from the database and go on after a restart; those of requests and
queries begin anew. Bounds are powers of two milliseconds (microseconds for requests): up to them, the counts
are exact.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
    SummaryMetricFamily,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from ratchet_web.logic.histograms import Histogram
from ratchet_web.server.store.schema import QUEUE
from ratchet_web.server.store.times import RUNS, WAITS, Kind
from ratchet_web.server.telemetry.exposition_figures import Figures

CONTENT_TYPE: Final = CONTENT_TYPE_PLAIN_0_0_4
_MS, _MICROS = 1_000, 1_000_000
_LIMITS_MS: Final = tuple(2**power for power in range(20))
_LIMITS_MICROS: Final = tuple(2**power for power in range(8, 25, 2))


def exposition(figures: Figures) -> bytes:
    """Return the text."""
    registry = CollectorRegistry()
    registry.register(_Collector(figures))
    return generate_latest(registry)


class _Collector(Collector):
    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    def collect(self) -> Iterator[Metric]:
        figures = self._figures
        yield from _process(figures)
        yield from _executions(figures)
        yield from _queue(figures)
        yield from _definitions(figures)
        yield _requests(figures)


def _process(figures: Figures) -> Iterator[Metric]:
    yield _gauges("build", "The version that runs.", "version", {figures.version: 1})
    yield GaugeMetricFamily("ratchet_uptime_seconds", "Since the start.", value=figures.uptime_s)
    if figures.memory_bytes is not None:
        memory = "Memory of the server process."
        yield GaugeMetricFamily("ratchet_memory_bytes", memory, value=figures.memory_bytes)
    yield SummaryMetricFamily(
        "ratchet_database_query_seconds",
        "Statements since the start.",
        count_value=figures.queries,
        sum_value=figures.query_s,
    )
    slow = "Statements that took 0.1 s or longer, since the start."
    dropped = "Streams that ended because their reader took nothing, since the start."
    yield CounterMetricFamily("ratchet_streams_dropped", dropped, value=figures.dropped_streams)
    yield CounterMetricFamily("ratchet_database_slow_queries", slow, value=figures.slow_queries)


def _executions(figures: Figures) -> Iterator[Metric]:
    lifetime = figures.lifetime
    kept = {code.name.lower(): n for code, n in figures.executions.items()}
    yield _gauges("executions", "Executions that are kept, by status.", "status", kept)
    for kind, told in (
        (Kind.QUEUED, "Jobs and direct executions that were queued."),
        (Kind.STARTED, "Executions that were started."),
        (Kind.RETRIED, "Executions that were not the first attempt."),
    ):
        name = f"ratchet_{kind.name.lower()}"
        yield CounterMetricFamily(name, told, value=lifetime.events[kind])
    ended = CounterMetricFamily("ratchet_ended", "Executions that ended, by status.", labels=["status"])
    for kind in (Kind.COMPLETED, Kind.FAILED, Kind.CANCELLED):
        ended.add_metric([kind.name.lower()], lifetime.events[kind])
    yield ended
    run = "How long executions ran that completed or failed."
    yield _histogram("ratchet_run_seconds", run, {(): lifetime.of(*RUNS)}, _LIMITS_MS, _MS)
    wait = "How long executions waited after they could have begun."
    yield _histogram("ratchet_wait_seconds", wait, {(): lifetime.of(*WAITS)}, _LIMITS_MS, _MS)


def _queue(figures: Figures) -> Iterator[Metric]:
    jobs = {code.name.lower(): n for code, n in figures.jobs.items()}
    yield _gauges("jobs", "Jobs that are kept, by status.", "status", jobs)
    depths = {code.name.lower(): n for code, n in figures.depths.items()}
    yield _gauges("queue_depth", "Jobs that could begin now.", "priority", depths)
    paused = {"queue": int(QUEUE in figures.paused), "task": len(figures.paused - {QUEUE})}
    yield _gauges("paused", "What people hold back: the queue, and how many tasks.", "scope", paused)
    statuses = {name: sum(place.status == name for place in figures.places) for name in _PLACES}
    yield _gauges("workers", "Workers, by what they do.", "status", statuses)


def _definitions(figures: Figures) -> Iterator[Metric]:
    for name, counts in (("tasks", figures.tasks), ("schedules", figures.schedules)):
        enabled = {"true": counts.enabled, "false": counts.total - counts.enabled}
        yield _gauges(name, f"{name.capitalize()} that there are.", "enabled", enabled)
    told = "Firings of the schedules that there are, by result."
    triggers = CounterMetricFamily("ratchet_schedule_triggers", told, labels=["result"])
    for result, n in zip(("success", "failure"), figures.triggers, strict=True):
        triggers.add_metric([result], n)
    yield triggers


def _requests(figures: Figures) -> Metric:
    told = "Requests since the start, streams left out."
    labels = ("method", "route", "status")
    name = "ratchet_http_request_seconds"
    return _histogram(name, told, figures.requests, _LIMITS_MICROS, _MICROS, labels)


_PLACES = ("idle", "busy", "starting")


def _gauges(name: str, told: str, label: str, values: Mapping[str, int]) -> Metric:
    family = GaugeMetricFamily(f"ratchet_{name}", told, labels=[label])
    for value, n in values.items():
        family.add_metric([value], n)
    return family


def _histogram(
    name: str,
    told: str,
    histograms: Mapping[Any, Histogram],
    limits: Iterable[int],
    per_second: int,
    labels: Iterable[str] = (),
) -> Metric:
    limits = tuple(limits)
    family = HistogramMetricFamily(name, told, labels=list(labels))
    for values, histogram in histograms.items():
        counts = zip(limits, histogram.at_most(limits), strict=True)
        buckets = [(repr(limit / per_second), float(n)) for limit, n in counts]
        buckets.append(("+Inf", float(histogram.count)))
        family.add_metric(list(values), buckets, sum_value=histogram.total / per_second)
    return family
