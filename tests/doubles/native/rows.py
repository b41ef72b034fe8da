"""The four rows, and how each is shown. `time` writes a moment: REST and GraphQL do it differently."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Time = Callable[[int], str]
# The priorities as they are stored; lists sort by this text, and so do not sort by urgency.
STORED = {"LOW": "low", "NORMAL": "normal", "HIGH": "high", "CRITICAL": "urgent"}
KINDS = {"webhook": "WEBHOOK", "file": "FILE", "database": "DATABASE"}


def _at(time: Time, ns: int | None) -> str | None:
    return None if ns is None else time(ns)


@dataclass(slots=True)
class Task:
    """A task. Whatever was sent as its source is gone."""

    id: int
    uuid: str
    name: str
    version: str
    created_ns: int
    updated_ns: int
    description: str | None = None
    enabled: bool = True
    validated_ns: int | None = None
    input_schema: Any = None
    output_schema: Any = None
    metadata: Any = None

    def shown(self, time: Time) -> dict[str, Any]:
        metadata = self.metadata if isinstance(self.metadata, dict) else {}
        in_sync = metadata.get("in_sync", True)
        return {
            "id": str(self.id),
            "uuid": self.uuid,
            "name": self.name,
            "description": self.description,
            "version": self.version,
            "enabled": self.enabled,
            "createdAt": time(self.created_ns),
            "updatedAt": time(self.updated_ns),
            "validatedAt": _at(time, self.validated_ns),
            "availableVersions": [self.version],
            "inSync": in_sync if isinstance(in_sync, bool) else True,
            "inputSchema": self.input_schema,
            "outputSchema": self.output_schema,
            "metadata": self.metadata,
            **TASK_CONSTANTS,
        }


TASK_CONSTANTS = {
    "registrySource": False,
    "sourceCode": "",
    "sourceType": "javascript",
    "repositoryInfo": {
        "repositoryId": "1",
        "repositoryName": "default",
        "repositoryType": "database",
        "repositoryPath": "",
        "branch": None,
        "commit": None,
        "canPush": True,
        "autoPush": False,
    },
    "isEditable": True,
    "syncStatus": "synced",
    "needsPush": False,
    "lastSyncedAt": None,
}


@dataclass(slots=True)
class Execution:
    """One made by a job is completed within 0.1 s; one made by a request stays PENDING for ever."""

    id: int
    uuid: str
    task_id: int
    queued_ns: int
    status: str = "PENDING"
    input: Any = None
    output: Any = None
    error_message: str | None = None
    error_details: Any = None
    started_ns: int | None = None
    completed_ns: int | None = None
    duration_ms: int | None = None

    def shown(self, time: Time) -> dict[str, Any]:
        return {
            "id": str(self.id),
            "uuid": self.uuid,
            "taskId": str(self.task_id),
            "input": self.input,
            "output": self.output,
            "status": self.status,
            "errorMessage": self.error_message,
            "errorDetails": self.error_details,
            "queuedAt": time(self.queued_ns),
            "startedAt": _at(time, self.started_ns),
            "completedAt": _at(time, self.completed_ns),
            "durationMs": self.duration_ms,
            "httpRequests": None,
            "recordingPath": None,
            "canRetry": self.status in ("FAILED", "CANCELLED"),
            "canCancel": self.status in ("PENDING", "RUNNING"),
            "progress": None,
        }


@dataclass(slots=True)
class Job:
    """A place in the queue."""

    id: int
    task_id: int
    queued_ns: int
    priority: str = "NORMAL"
    status: str = "QUEUED"
    retry_count: int = 0
    max_retries: int = 3
    scheduled_ns: int | None = None
    error_message: str | None = None
    output_destinations: list[dict[str, Any]] | None = None

    def shown(self, time: Time) -> dict[str, Any]:
        return {
            "id": str(self.id),
            "taskId": str(self.task_id),
            "priority": self.priority,
            "status": self.status,
            "retryCount": self.retry_count,
            "maxRetries": self.max_retries,
            "queuedAt": time(self.queued_ns),
            "scheduledFor": _at(time, self.scheduled_ns),
            "errorMessage": self.error_message,
            "outputDestinations": self.output_destinations,
        }

    def shown_in_graphql(self, time: Time) -> dict[str, Any]:
        """Of its destinations only the kind is left, and for an unknown one even that is wrong."""
        kinds = self.output_destinations
        if kinds is not None:
            kinds = [{"destinationType": KINDS.get(each["destinationType"], "WEBHOOK")} for each in kinds]
        return {**self.shown(time), "outputDestinations": kinds}


@dataclass(slots=True)
class Schedule:
    """What is written here is not what fires: that is `Life`'s affair."""

    id: int
    task_id: int
    name: str
    cron_expression: str
    created_ns: int
    updated_ns: int
    description: str | None = None
    enabled: bool = True
    next_run_ns: int | None = None
    output_destinations: list[dict[str, Any]] | None = None

    def shown(self, time: Time) -> dict[str, Any]:
        return {
            "id": str(self.id),
            "taskId": str(self.task_id),
            "name": self.name,
            "description": self.description,
            "cronExpression": self.cron_expression,
            "enabled": self.enabled,
            "nextRun": _at(time, self.next_run_ns),
            "lastRun": None,
            "createdAt": time(self.created_ns),
            "updatedAt": time(self.updated_ns),
            "outputDestinations": self.output_destinations,
        }
