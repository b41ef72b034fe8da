"""The filters that work. A value that is not understood removes its filter instead of being refused."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.doubles.native.instants import strict
from tests.doubles.native.rows import STORED, Execution, Job, Schedule, Task
from tests.doubles.native.words import search_finds

EXECUTION_STATUSES = ("PENDING", "RUNNING", "COMPLETED", "FAILED", "CANCELLED")
JOB_STATUSES = ("QUEUED", "PROCESSING", "COMPLETED", "FAILED", "CANCELLED", "RETRYING")
INTEGER = re.compile(r"[+-]?[0-9]+", re.ASCII)
Texts = Mapping[str, str]


def int32(text: str) -> int | None:
    """Return the number of an id; None if it is none, as for a UUID."""
    number = int(text) if INTEGER.fullmatch(text) else None
    return number if number is not None and -(2**31) <= number < 2**31 else None


def _known(text: str | None, values: Any) -> str | None:
    return text.upper() if text is not None and text.upper() in values else None


def _moment(text: str | None) -> int | None:
    return None if text is None else strict(text)


def _reaches(ns: int | None, after_ns: int | None) -> bool:
    return after_ns is None or (ns is not None and ns >= after_ns)


@dataclass(frozen=True)
class TaskFilter:
    name: str | None = None
    enabled: bool | None = None
    ever_validated: bool = False

    @classmethod
    def of(cls, texts: Texts) -> "TaskFilter":
        return cls(
            name=texts.get("name"),
            enabled={"true": True, "false": False}.get(texts.get("enabled", "")),
            ever_validated=_moment(texts.get("validated_after")) is not None,
        )

    def fits(self, task: Task) -> bool:
        return (
            (not self.name or search_finds(self.name, task.name))
            and self.enabled in (None, task.enabled)
            and (not self.ever_validated or task.validated_ns is not None)
        )


@dataclass(frozen=True)
class ExecutionFilter:
    task_id: int | None = None
    status: str | None = None
    queued_after_ns: int | None = None
    completed_after_ns: int | None = None

    @classmethod
    def of(cls, texts: Texts) -> "ExecutionFilter":
        return cls(
            task_id=int32(texts.get("task_id", "")),
            status=_known(texts.get("status"), EXECUTION_STATUSES),
            queued_after_ns=_moment(texts.get("queued_after")),
            completed_after_ns=_moment(texts.get("completed_after")),
        )

    def fits(self, execution: Execution) -> bool:
        return (
            self.task_id in (None, execution.task_id)
            and self.status in (None, execution.status)
            and _reaches(execution.queued_ns, self.queued_after_ns)
            and _reaches(execution.completed_ns, self.completed_after_ns)
        )


@dataclass(frozen=True)
class JobFilter:
    task_id: int | None = None
    status: str | None = None
    priority: str | None = None
    queued_after_ns: int | None = None
    scheduled_after_ns: int | None = None

    @classmethod
    def of(cls, texts: Texts) -> "JobFilter":
        return cls(
            task_id=int32(texts.get("task_id", "")),
            status=_known(texts.get("status"), JOB_STATUSES),
            priority=_known(texts.get("priority"), STORED),
            queued_after_ns=_moment(texts.get("queued_after")),
            scheduled_after_ns=_moment(texts.get("scheduled_after")),
        )

    def fits(self, job: Job) -> bool:
        return (
            self.task_id in (None, job.task_id)
            and self.status in (None, job.status)
            and self.priority in (None, job.priority)
            and _reaches(job.queued_ns, self.queued_after_ns)
            and _reaches(job.scheduled_ns, self.scheduled_after_ns)
        )


@dataclass(frozen=True)
class ScheduleFilter:
    """Only enabled ones are ever listed."""

    name: str | None = None

    @classmethod
    def of(cls, texts: Texts) -> "ScheduleFilter":
        return cls(name=texts.get("name"))

    def fits(self, schedule: Schedule) -> bool:
        return schedule.enabled and self.name in (None, schedule.name)
