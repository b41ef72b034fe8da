"""What a new database is given: the example tasks and their schedules."""

from ratchet_web.logic.cron import normalise
from ratchet_web.server.columns import json_text, task_columns
from ratchet_web.server.examples.examples import EXAMPLES, SCHEDULES
from ratchet_web.server.scheduler import next_run_ms
from ratchet_web.server.store.store import Store


async def install_examples(store: Store, now_ms: int) -> None:
    """Store the examples; all but one of their schedules are switched off."""
    ids = {}
    for task in EXAMPLES:
        ids[task.name] = (await store.tasks.add(task_columns(task), now_ms)).id
    for schedule in SCHEDULES:
        cron = normalise(schedule.cron_expression)
        values = {
            "task_id": ids[schedule.task_name],
            "name": schedule.name,
            "description": schedule.description,
            "cron_expression": cron,
            "enabled": schedule.enabled,
            "input": json_text(schedule.input, "input"),
            "next_run": next_run_ms(cron, now_ms) if schedule.enabled else None,
        }
        await store.schedules.add(values, now_ms)
