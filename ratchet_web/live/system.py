"""Watching the server and the console themselves."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from json import dumps
from typing import Any, ClassVar

from pydantic import JsonValue
from pydantic_core import to_json

from ratchet_web.api import Limited, Ratchet, RatchetError, Unreachable
from ratchet_web.live import policy
from ratchet_web.live.rows import TEXT_LIMIT, Row
from ratchet_web.live.topic import Snapshot, Topic, described
from ratchet_web.models.dialect import Dialect, Spent
from ratchet_web.models.metrics import Metrics
from ratchet_web.models.monitoring import Change, Health


@dataclass(frozen=True)
class System(Topic):
    """`system`: no rows, everything is in `about`. It is looked at seldom, whatever changes.

    `server`: how it speaks and what it cannot do. `spent`: requests. `health`, `metrics`: as they were when
    they could last be read, with `at` by which they are known to be true; null before. `trouble` says by
    their names why they could not be read now.
    """

    LEAST_GAP_S: ClassVar = 1.0
    SAFETY_S: ClassVar = 15.0

    # What was read last, part by part: a server may answer one and refuse the other.
    known: Row = field(default_factory=dict, compare=False, repr=False)

    def dirtied_by(self, change: Change, last: Snapshot) -> bool:
        """By no change of a row."""
        return False

    def wait_s(self, announced: bool, age_s: float, unfinished: bool, failures: int) -> float | None:
        """Every 15 seconds; where a look costs, the client answers from what it knows."""
        return max(self.SAFETY_S, policy.retry_s(failures)) if failures else self.SAFETY_S

    async def fetch(self, api: Ratchet) -> Snapshot:
        """Return all of it."""
        dialect = await api.dialect()
        health, metrics = await asyncio.gather(_tried(api.monitoring.health), _tried(api.monitoring.metrics))
        errors = [each for each in (health, metrics) if isinstance(each, RatchetError)]
        lost = [error for error in errors if isinstance(error, Unreachable)]
        limited = any(isinstance(error, Limited) for error in errors)
        if lost or (len(errors) == 2 and not limited):
            raise (lost or errors)[0]
        read_ms = api.monitoring.read_ms()
        self._learn("health", health, _health, read_ms["health"])
        self._learn("metrics", metrics, _metrics, read_ms["metrics"])
        about = {
            "server": _server(api, dialect),
            "spent": _spent(api.spent()),
            "health": None,
            "metrics": None,
            **self.known,
        }
        return Snapshot((), about)

    def _learn(self, name: str, found: Any, row: Callable[[Any], Row], at: int) -> None:
        trouble = {**self.known.get("trouble", {}), name: None}
        if isinstance(found, RatchetError):
            trouble[name] = {**described(found), "since": self.known.get(name, {}).get("at")}
        else:
            self.known[name] = {**row(found), "at": at}
        self.known["trouble"] = trouble


@dataclass(frozen=True)
class Console(Topic):
    """`console`: its settings as rows, itself in `about`: `version`, `started_at`, `viewers`, `topics`.

    It asks nobody.
    """

    LEAST_GAP_S: ClassVar = 0.5

    state: Callable[[], Snapshot]

    def dirtied_by(self, change: Change, last: Snapshot) -> bool:
        """By no change of the server."""
        return False

    async def fetch(self, api: Ratchet) -> Snapshot:
        """Return what is known of the console."""
        return self.state()

    def wait_s(self, announced: bool, age_s: float, unfinished: bool, failures: int) -> float | None:
        """Never by itself: the hub says when viewers came or went."""
        return None


async def _tried(ask: Callable[[], Awaitable[Any]]) -> Any:
    try:
        return await ask()
    except RatchetError as error:
        return error


def _server(api: Ratchet, dialect: Dialect) -> Row:
    return {
        "address": api.server,
        "name": dialect.server,
        "version": dialect.version,
        "tongue": dialect.tongue.value,
        "graphql": dialect.graphql,
        "limited": dialect.limited,
        "cannot": {ability.value: why for ability, why in dialect.cannot.items()},
        "workers": dialect.capabilities.workers,
    }


def _spent(spent: Spent) -> Row:
    """Return the requests; `held_until`, to the second, stays the same while it is the same."""
    row = spent.model_dump(mode="json", exclude={"held_s"})
    held_until = datetime.fromtimestamp(round(time.time() + spent.held_s), UTC).isoformat()
    # What the console allows itself for the day.
    allowed = None if spent.left_today is None else spent.left_today + spent.rest_today
    return {**row, "allowed_today": allowed, "held_until": held_until if spent.held_s else None}


def _health(health: Health) -> Row:
    return health.model_dump(mode="json", include={"status", "version", "uptime_seconds", "checks"})


def _as_text(value: JsonValue) -> str:
    try:
        return to_json(value, indent=2).decode()
    except ValueError:  # halves of characters, which no UTF-8 has
        return dumps(value, indent=2)


def _metrics(metrics: Metrics) -> Row:
    """Return the figures by group; of a shape that nobody knows, its JSON as `other_text`."""
    figures = metrics.figures.model_dump(mode="json") if metrics.figures else None
    text = "" if figures is not None else _as_text(metrics.other)
    short = text if len(text) <= TEXT_LIMIT else None
    return {"figures": figures, "partial": metrics.partial, "other_text": short, "other_size": len(text)}
