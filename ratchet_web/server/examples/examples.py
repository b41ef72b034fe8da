"""What a new server holds: five tasks that show what it can do, and schedules for them."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue

from ratchet_web.models.tasks import NewTask
from ratchet_web.server.examples import schemas

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class ExampleSchedule:
    """A schedule of an example task. `cron_expression` has six fields, seconds first, in UTC."""

    task_name: str
    name: str
    description: str
    cron_expression: str
    input: JsonValue
    enabled: bool = False


def _task(name: str, description: str, input_schema: JsonValue, output_schema: JsonValue) -> NewTask:
    return NewTask(
        name=name,
        description=description,
        source_code=(_HERE / f"{name}.js").read_text(encoding="utf-8"),
        input_schema=input_schema,
        output_schema=output_schema,
    )


EXAMPLES: tuple[NewTask, ...] = (
    _task(
        "add-numbers",
        "Adds, subtracts, multiplies or divides two numbers. Shows how schemas make the form of a run "
        "and hold the output to what was promised.",
        schemas.ADD_NUMBERS_INPUT,
        schemas.ADD_NUMBERS_OUTPUT,
    ),
    _task(
        "text-stats",
        "Counts the words, lines and sentences of a text and finds its most frequent words.",
        schemas.TEXT_STATS_INPUT,
        schemas.TEXT_STATS_OUTPUT,
    ),
    _task(
        "long-report",
        "Builds a report over half a minute. Open its execution while it runs: progress and log lines "
        "arrive as they happen, and Cancel really stops it.",
        schemas.LONG_REPORT_INPUT,
        schemas.LONG_REPORT_OUTPUT,
    ),
    _task(
        "flaky-sync",
        "Synchronises customers from a troubled source and fails by chance, each time differently. "
        "Queue it as a job to see retries at work.",
        schemas.FLAKY_SYNC_INPUT,
        schemas.FLAKY_SYNC_OUTPUT,
    ),
    _task(
        "fetch-status",
        "Calls a web address with fetch and reports its status and how long it took. "
        "Without another address it asks this server for its own health.",
        schemas.FETCH_STATUS_INPUT,
        schemas.FETCH_STATUS_OUTPUT,
    ),
)

SCHEDULES: tuple[ExampleSchedule, ...] = (
    ExampleSchedule(
        "text-stats",
        "Statistics every five minutes",
        "The one example schedule that is switched on.",
        "0 */5 * * * *",
        {
            "text": "A schedule queues a job.\nA job runs as an execution.\nAn execution writes a log.",
            "topWords": 3,
        },
        enabled=True,
    ),
    ExampleSchedule(
        "fetch-status",
        "Health check every minute",
        "Asks this server for its own health.",
        "0 * * * * *",
        {"url": schemas.HEALTH_URL, "expectedStatus": 200},
    ),
    ExampleSchedule(
        "flaky-sync",
        "Customer synchronisation every quarter of an hour",
        "Fails now and then, and is retried.",
        "0 */15 * * * *",
        {"failureRate": 0.5, "pages": 5},
    ),
    ExampleSchedule(
        "long-report",
        "Morning report on working days",
        "At six o'clock UTC from Monday to Friday.",
        "0 0 6 * * MON-FRI",
        {"seconds": 30, "title": "Morning report"},
    ),
    ExampleSchedule(
        "add-numbers",
        "Sum on Monday mornings",
        "At half past nine UTC every Monday.",
        "0 30 9 * * MON",
        {"operation": "add", "a": 19.99, "b": 5.01, "precision": 2},
    ),
)
