"""Schedules tell the status of the job that they queued last, which changes without their being announced."""

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from typing import Any, Final

from ratchet_web.live.jobs import UNFINISHED

MOST_HEARD: Final = 1_000
# More rows than lists that are looked at show; of what is let go of, the next look tells.
MOST_WAITING: Final = 10_000


class LastJobs:
    """Which rows wait for which job to change."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[str, str] = OrderedDict()
        self._heard: OrderedDict[str, float] = OrderedDict()

    def forget(self) -> None:
        """Know nothing of any."""
        self._waiting.clear()

    def hear(self, job_id: str) -> str | None:
        """Return the row that changes with a job that changed, None where that is none."""
        self._heard.pop(job_id, None)
        self._heard[job_id] = asyncio.get_running_loop().time()
        if len(self._heard) > MOST_HEARD:
            self._heard.popitem(last=False)
        return self._waiting.pop(job_id, None)

    def saw(self, rows: Iterable[Any], began_s: float) -> Iterator[str]:
        """Wait for the jobs of rows that were read from `began_s` on; yield those that changed meanwhile."""
        for row in rows:
            if getattr(row, "last_status", None) not in UNFINISHED:
                continue
            if self._heard.get(row.last_job_id, -1.0) >= began_s:
                yield row.id
            else:
                self._waiting[row.last_job_id] = row.id
                if len(self._waiting) > MOST_WAITING:
                    self._waiting.popitem(last=False)
