"""What happened, in buckets of time: a column for each figure; None where nothing is known of a bucket."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from pydantic import Field

from ratchet_web.models.base import Wire


class Period(NamedTuple):
    """How far back a chart reaches, and the length of its buckets as `/series` calls it."""

    name: str
    words: str
    length: timedelta
    resolution: str


PERIODS: Final[Mapping[str, Period]] = {
    period.name: period
    for period in (
        Period("1h", "1 hour", timedelta(hours=1), "1m"),
        Period("24h", "24 hours", timedelta(days=1), "15m"),
        Period("7d", "7 days", timedelta(days=7), "1h"),
        Period("30d", "30 days", timedelta(days=30), "6h"),
    )
}
Counts = tuple[int | None, ...]
Values = tuple[float | None, ...]


class TimesColumns(Wire):
    """How long something took in each bucket, in ms."""

    p50: Values = ()
    p95: Values = ()
    p99: Values = ()
    mean: Values = ()


class GaugeColumns(Wire):
    """What a gauge showed in each bucket."""

    mean: Values = ()
    max: Values = ()


class Gauges(Wire):
    """Waiting jobs by priority, executions that run, workers that are there."""

    low: GaugeColumns = Field(default_factory=GaugeColumns)
    normal: GaugeColumns = Field(default_factory=GaugeColumns)
    high: GaugeColumns = Field(default_factory=GaugeColumns)
    critical: GaugeColumns = Field(default_factory=GaugeColumns)
    running: GaugeColumns = Field(default_factory=GaugeColumns)
    workers: GaugeColumns = Field(default_factory=GaugeColumns)


class Series(Wire):
    """`GET /series`. `start` is the beginning of each bucket; `gauges` are those of all tasks together."""

    resolution: str = ""
    since: datetime | None = Field(None, alias="from")
    until: datetime | None = Field(None, alias="to")
    start: tuple[datetime, ...] = ()
    queued: Counts = ()
    started: Counts = ()
    completed: Counts = ()
    failed: Counts = ()
    cancelled: Counts = ()
    retried: Counts = ()
    duration_ms: TimesColumns = Field(default_factory=TimesColumns)
    wait_ms: TimesColumns = Field(default_factory=TimesColumns)
    gauges: Gauges | None = None
