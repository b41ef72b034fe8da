"""Fills a new data directory with a made-up past, to try the console and to measure at size."""

import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from ratchet_web.logic.cron import next_run_ms, normalise
from ratchet_web.server.examples import history
from ratchet_web.server.examples.history import History, Sizes
from ratchet_web.server.store import seeding
from ratchet_web.server.store.beginning import Beginning
from ratchet_web.server.store.directory import FILE_NAME, claim
from ratchet_web.server.store.errors import Unusable

_CRONS = ("0 0 6 * * *", "0 30 7 * * *", "0 0 9 * * MON-FRI", "0 15 22 * * *", "0 0 0 1 * *")
_PART = f"{FILE_NAME}.part"
_INPUT_SCHEMA = '{"type":"object","properties":{"order":{"type":"integer"},"items":{"type":"integer"}}}'


def seed(directory: Path, sizes: Sizes, now_ms: int, tell: Callable[[str], None] = lambda _: None) -> None:
    """Make a database with so many rows in a directory that has none; `tell` hears how far it is.

    Raises:
        Unusable: a server uses the directory, it has a database already, or it cannot be written.
    """
    lock = claim(directory)
    try:
        if (directory / FILE_NAME).exists():
            raise Unusable(f"{directory} has a database already: name a directory without one (--data-dir)")
        with suppress(FileNotFoundError):
            (directory / _PART).unlink()
        seeding.write(directory / _PART, _beginning(now_ms), _rest(sizes, now_ms, tell))
        # An unfinished one never bears the name.
        (directory / _PART).rename(directory / FILE_NAME)
    except OSError as error:
        raise Unusable(f"{directory} cannot be written ({error.strerror})") from error
    finally:
        os.close(lock)


def _beginning(now_ms: int) -> Beginning:
    tasks = [_task(name) for name in history.TASK_NAMES]
    # The last task is one that somebody switched off.
    tasks[-1]["enabled"] = False
    schedules = [(history.TASK_NAMES[place], _schedule(place, now_ms)) for place in range(len(_CRONS))]
    return Beginning(now_ms - history.SPAN_MS, tasks, schedules)


def _task(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "version": "1.0.0",
        "description": f"Made up by `ratchet-web seed`: {history.told(name)}.",
        "enabled": True,
        "source_code": history.SOURCE,
        "input_schema": _INPUT_SCHEMA,
    }


def _schedule(place: int, now_ms: int) -> dict[str, Any]:
    cron = normalise(_CRONS[place])
    return {
        "name": f"{history.TASK_NAMES[place]} at its time",
        "cron_expression": cron,
        "enabled": True,
        "input": '{"order":1,"items":1}',
        "next_run": next_run_ms(cron, "UTC", now_ms),
    }


def _rest(sizes: Sizes, now_ms: int, tell: Callable[[str], None]) -> seeding.Rest:
    def rows(tasks: Sequence[int], schedules: Sequence[int]) -> Iterable[seeding.Portion]:
        past = History(sizes, tasks, schedules, now_ms)
        done = 0
        for batch in past.batches():
            yield "executions", history.EXECUTION_COLUMNS, batch.executions
            yield "execution_payloads", history.PAYLOAD_COLUMNS, batch.payloads
            yield "jobs", history.JOB_COLUMNS, batch.jobs
            yield "job_payloads", ("job_id", "input"), batch.job_payloads
            done += max(len(batch.executions), len(batch.jobs))
            tell(f"{done:,} rows")
        for lines in past.lines():
            yield "execution_logs", history.LINE_COLUMNS, lines
        tell("log lines are written; indexes are built")

    return rows
