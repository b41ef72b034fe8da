"""What a new database is given: the example tasks and their schedules."""

from typing import Any

from ratchet_web.logic.cron import normalise
from ratchet_web.models.tasks import NewTask
from ratchet_web.server.columns import json_text, task_columns
from ratchet_web.server.examples.examples import EXAMPLES, SCHEDULES, ExampleSchedule
from ratchet_web.server.examples.schemas import HEALTH_URL
from ratchet_web.server.home import health_url
from ratchet_web.server.store.beginning import Beginning
from ratchet_web.server.store.tasks import NO_PROBLEMS
from ratchet_web.settings import Settings


def beginning(settings: Settings, now_ms: int) -> Beginning:
    """Return the examples, at home on this server; all but one of their schedules are switched off."""
    url = health_url(settings)
    return Beginning(
        now_ms,
        [_task(task, url, now_ms) for task in EXAMPLES],
        [(schedule.task_name, _schedule(schedule, url)) for schedule in SCHEDULES],
    )


def _task(task: NewTask, url: str, now_ms: int) -> dict[str, Any]:
    # Tests load them all: nobody needs to look at them again.
    columns = task_columns(task) | {"validated_at": now_ms, "validation_errors": NO_PROBLEMS}
    texts = ("source_code", "input_schema")
    return {**columns, **{name: columns[name].replace(HEALTH_URL, url) for name in texts}}


def _schedule(schedule: ExampleSchedule, url: str) -> dict[str, Any]:
    return {
        "name": schedule.name,
        "description": schedule.description,
        "cron_expression": normalise(schedule.cron_expression),
        "enabled": schedule.enabled,
        "input": json_text(schedule.input, "input").replace(HEALTH_URL, url),
    }
