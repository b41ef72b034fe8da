"""Pauses: what holds jobs back, who said so, and why."""

from datetime import datetime
from typing import Annotated

from pydantic import StringConstraints

from ratchet_web.models.base import Draft, Id, Wire, Word

REASON_CHARS = 500
# How the console watches them, and which of its rows is the queue; the others are ids of tasks.
TOPIC, QUEUE_ROW = "pauses", "queue"


class PauseScope(Word):
    """What is paused: QUEUE holds all jobs that wait, TASK those of one task."""

    QUEUE = "QUEUE"
    TASK = "TASK"


class Pause(Wire):
    """No job of the queue, or of one task, begins while it lasts. `paused_by`: None if nobody is named."""

    scope: PauseScope
    task_id: Id | None = None
    task_name: str | None = None
    reason: str = ""
    paused_by: str | None = None
    since: datetime | None = None


class NewPause(Draft):
    """`PUT /pauses/…`: why no job is to begin."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=REASON_CHARS)]
