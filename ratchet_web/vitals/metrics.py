"""What the console tells Prometheus of itself. It asks nobody: all of it is known here."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, PlatformCollector, ProcessCollector
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)

from ratchet_web.models.timings import EVENTS, LIVE_LAG, Timings
from ratchet_web.models.upstream import ASKED

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST


@dataclass(frozen=True)
class Vitals:
    """How this worker is.

    `runs`: it serves pages. `started_s`: when it began, in seconds of the epoch. `redis`: `unused`, `ok` or
    `away`. `links`: how many links to servers are in which mode; `idle` are those of servers that nobody
    looks at, of which nothing is known.
    """

    runs: bool = False
    redis: str = "unused"
    links: Mapping[str, int] = field(default_factory=dict)
    viewers: int = 0
    topics: int = 0
    sockets: int = 0
    workers: int = 1
    events: int = 0
    started_s: float = 0.0

    def health(self) -> dict[str, Any]:
        """Return what anybody may know."""
        away = self.redis == "away" or self.links.get("offline", 0) > 0
        status = ("degraded" if away else "ok") if self.runs else "starting"
        return {"status": status, "redis": self.redis, "upstream": dict(self.links)}


def text_of(vitals: Vitals, requests: Mapping[str, int]) -> bytes:
    """Return the metrics as Prometheus reads them; each is of the worker that its label names."""
    registry = CollectorRegistry()
    registry.register(_Collector(vitals, requests))
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    return generate_latest(registry)


class _Collector:
    def __init__(self, vitals: Vitals, requests: Mapping[str, int]) -> None:
        self._vitals, self._requests = vitals, dict(requests)

    def collect(self) -> Iterator[Metric]:
        """Yield the families."""
        vitals, worker = self._vitals, str(os.getpid())
        gauges = {
            "viewers": ("Tabs that are looked at", vitals.viewers),
            "topics": ("Topics that somebody watches", vitals.topics),
            "sockets": ("Open sockets", vitals.sockets),
            "workers": ("Workers that know of each other", vitals.workers),
            "redis_up": ("Whether Redis answers, or none is used", int(vitals.redis != "away")),
            "started_seconds": ("When this worker began, in seconds of the epoch", vitals.started_s),
        }
        for name, (text, value) in gauges.items():
            gauge = GaugeMetricFamily(f"ratchet_web_{name}", text, labels=["worker"])
            gauge.add_metric([worker], value)
            yield gauge
        yield _counter("http_requests", "Requests that were answered", "status", self._requests, worker)
        yield _counter("upstream_requests", "Requests to servers", "outcome", dict(ASKED), worker)
        yield _counter("events", "Events of pages", "kind", {"all": vitals.events}, worker)
        yield _histogram("event_seconds", "How long events of pages took", EVENTS, worker)
        lag = "How late viewers were told of a change, from when this worker heard of it"
        yield _histogram("live_lag_seconds", lag, LIVE_LAG, worker)
        links = GaugeMetricFamily("ratchet_web_links", "Links to servers", labels=["worker", "mode"])
        for mode, count in vitals.links.items():
            links.add_metric([worker, mode], count)
        yield links


def _counter(name: str, text: str, label: str, values: Mapping[str, int], worker: str) -> Metric:
    family = CounterMetricFamily(f"ratchet_web_{name}", text, labels=["worker", label])
    for value, count in values.items():
        family.add_metric([worker, value], count)
    return family


def _histogram(name: str, text: str, timings: Timings, worker: str) -> Metric:
    family = HistogramMetricFamily(f"ratchet_web_{name}", text, labels=["worker"])
    family.add_metric([worker], timings.buckets(), timings.sum_s)
    return family
