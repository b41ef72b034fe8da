"""What works on each page of the console, and why something does not."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass

from ratchet_web.api import Forbidden, Limited, Ratchet, RatchetError, Unreachable
from ratchet_web.cli.doctor.findings import Finding, bad, note, ok, warning
from ratchet_web.cli.doctor.reach import ONE_TASK
from ratchet_web.models.dialect import Ability, Dialect
from ratchet_web.models.executions import ExecutionQuery
from ratchet_web.models.jobs import JobQuery
from ratchet_web.models.schedules import ScheduleQuery

# What was tried to read, and how it failed.
Failures = Mapping[str, RatchetError]

WORDS = {
    Ability.EVENTS: "announced changes",
    Ability.LOGS: "logs",
    Ability.LOG_SEARCH: "searching logs",
    Ability.SOURCE: "sources",
    Ability.CHECK: "checked sources",
    Ability.INPUT: "the input of a run",
    Ability.ORIGIN: "the job of a run",
    Ability.PROGRESS: "progress",
    Ability.WORKERS: "workers",
    Ability.HEALTH: "health",
    Ability.LAST_RUN: "the last run",
    Ability.STATISTICS: "statistics",
    Ability.CHANGE_JOB: "changing",
    Ability.DELIVERIES: "deliveries",
    Ability.QUEUE: "the queue's lanes",
    Ability.TEST_DELIVERY: "test deliveries",
    Ability.JOB_DELIVERY: "changing destinations",
    Ability.SCHEDULE_DELIVERY: "retries and destinations",
    Ability.BULK_PACE: "the pace of many",
    Ability.RETRY_POLICY: "retry policies",
    Ability.CHANGE_SCHEDULE: "changing",
    Ability.SCHEDULE_OPTIONS: "zone, input and policies",
    Ability.BULK: "acting on many",
    Ability.VERSIONS: "earlier versions",
    Ability.ACTIVITY: "what tasks did of late",
    Ability.SERIES: "figures over time",
    Ability.DENSITY: "counts over time",
    Ability.SCHEDULE_RUNS: "past runs",
    Ability.SCHEDULE_ACTIVITY: "last runs and lag",
    Ability.SCHEDULE_CHANGES: "change history",
    Ability.PAYLOAD_SEARCH: "finding inputs and outputs",
    Ability.TRY: "trying drafts",
    Ability.PAUSE: "pausing",
    Ability.FAILURES: "judging failures",
}


@dataclass(frozen=True, slots=True)
class Needs:
    """What a page reads, what it is without (`vital`), what it also offers, whose caveats it should tell."""

    page: str
    reads: tuple[str, ...]
    vital: Ability | None = None
    offers: tuple[Ability, ...] = ()
    acts: str = ""


PAGES = (
    Needs(
        "Dashboard",
        ("statistics", "executions", "schedules", "health"),
        None,
        (Ability.HEALTH, Ability.SERIES),
    ),
    Needs("Tasks", ("tasks",), offers=(Ability.INPUT, Ability.BULK, Ability.ACTIVITY), acts="tasks"),
    Needs("Task editor", ("tasks",), Ability.SOURCE, (Ability.CHECK, Ability.TRY, Ability.VERSIONS)),
    Needs(
        "Executions",
        ("executions",),
        None,
        (Ability.ORIGIN, Ability.PROGRESS, Ability.BULK, Ability.DENSITY, Ability.PAYLOAD_SEARCH),
        "executions",
    ),
    Needs("Logs", ("logs",), Ability.LOGS, (Ability.LOG_SEARCH,)),
    Needs(
        "Jobs",
        ("jobs",),
        None,
        (
            *(Ability.CHANGE_JOB, Ability.QUEUE, Ability.DELIVERIES, Ability.RETRY_POLICY),
            *(Ability.TEST_DELIVERY, Ability.JOB_DELIVERY, Ability.BULK, Ability.BULK_PACE, Ability.PAUSE),
        ),
        "jobs",
    ),
    Needs(
        "Schedules",
        ("schedules",),
        None,
        (
            *(Ability.CHANGE_SCHEDULE, Ability.SCHEDULE_OPTIONS, Ability.SCHEDULE_DELIVERY, Ability.LAST_RUN),
            *(Ability.SCHEDULE_RUNS, Ability.SCHEDULE_ACTIVITY, Ability.SCHEDULE_CHANGES, Ability.BULK),
        ),
        "schedules",
    ),
    Needs("Failures", ("executions",), offers=(Ability.FAILURES,)),
    Needs("System", ("health", "metrics"), None, (Ability.HEALTH, Ability.WORKERS, Ability.STATISTICS)),
)


async def read(ratchet: Ratchet) -> dict[str, RatchetError]:
    """Read a little of everything, one after the other; return what failed."""
    reads: dict[str, Callable[[Ratchet], Awaitable[object]]] = {
        "health": lambda server: server.monitoring.health(),
        "tasks": lambda server: server.tasks.page(ONE_TASK),
        "executions": lambda server: server.executions.page(ExecutionQuery(limit=1)),
        "logs": _a_log,
        "jobs": lambda server: server.jobs.page(JobQuery(limit=1)),
        "schedules": lambda server: server.schedules.page(ScheduleQuery(limit=1)),
        "statistics": _counts,
        "metrics": lambda server: server.monitoring.metrics(),
    }
    failures: dict[str, RatchetError] = {}
    for name, look in reads.items():
        try:
            await look(ratchet)
        except RatchetError as error:
            failures[name] = error
    return failures


async def _a_log(ratchet: Ratchet) -> None:
    for execution in (await ratchet.executions.page(ExecutionQuery(limit=1))).rows:
        await ratchet.executions.logs.page(execution.id, limit=1)


async def _counts(ratchet: Ratchet) -> None:
    await ratchet.executions.stats()
    await ratchet.jobs.stats()


def judged(dialect: Dialect, failures: Failures) -> Iterator[Finding]:
    """Yield one finding for each page."""
    for needs in PAGES:
        yield _page(needs, dialect, failures)


def _page(needs: Needs, dialect: Dialect, failures: Failures) -> Finding:
    topic = needs.page
    if needs.vital is not None and not dialect.can(needs.vital):
        return warning(topic, f"does not work: {dialect.cannot[needs.vital]}")
    failed = {name: failures[name] for name in needs.reads if name in failures}
    if failed:
        told = "; ".join(f"{name}: {error}" for name, error in failed.items())
        advice = _advice(next(iter(failed.values())))
        if len(failed) == len(needs.reads):
            return bad(topic, f"does not work: {told}", advice)
        return warning(topic, f"works in part: {told}", advice)
    missing = [
        f"{WORDS[ability]}: {dialect.cannot[ability]}" for ability in needs.offers if not dialect.can(ability)
    ]
    missing += [f"{act}: {told}" for act, told in _caveats(needs, dialect)]
    return (
        note(topic, f"works in part. {' '.join(_begun(text) for text in missing)}")
        if missing
        else ok(topic, "works")
    )


def _caveats(needs: Needs, dialect: Dialect) -> Iterator[tuple[str, str]]:
    for act, told in dialect.caveats.items():
        noun, _, verb = act.partition("/")
        if noun == needs.acts:
            yield verb.replace("_", " "), told


def _begun(text: str) -> str:
    return text[:1].upper() + text[1:]


def _advice(error: RatchetError) -> str:
    match error:
        case Limited():
            return "Wait, and ask it less: see budget"
        case Forbidden():
            return "Give the console a token that may read this: see permissions"
        case Unreachable():
            return "Try again; if it stays so, look into the log of the server"
        case _:
            return f"Look for request {error.request_id} in the log of the server"
