"""What the native server cannot do, in words for the person who wants it."""

from typing import Final

from ratchet_web.api.budget import Allowance
from ratchet_web.models.dialect import Ability, Dialect, Tongue

# The server's own limits are 50 at once, 5 a second and so many a day (UTC), for all callers together.
DAY_LIMIT: Final = 10_000
ALLOWANCE: Final = Allowance(
    burst=40, per_s=4, per_day=8_000, kept=10, kept_today=1_000, spared=20, spared_today=1_000
)
# An act is read before and after: by GraphQL for nothing, else by two more requests.
ACT_REQUESTS: Final = {True: 1, False: 3}
CANNOT: Final = {
    Ability.EVENTS: "This server does not announce changes: the console looks now and then.",
    Ability.LOGS: "This server keeps no logs: what a task prints is lost.",
    Ability.LOG_SEARCH: "This server keeps no logs: there is nothing to search.",
    Ability.SOURCE: "This server keeps no sources of tasks in its API.",
    Ability.CHECK: "This server checks no sources.",
    Ability.INPUT: "This server throws the input of a run away: the task gets an empty one.",
    Ability.ORIGIN: "This server tells only of what has ended which job it ran for.",
    Ability.PROGRESS: "This server records no progress.",
    Ability.WORKERS: "This server says nothing true about its workers.",
    Ability.HEALTH: "This server always says that it is healthy.",
    Ability.LAST_RUN: (
        "This server does not tell when a schedule last fired: shown is when one that is enabled last "
        "changed, other than by a switch from here."
    ),
    Ability.STATISTICS: "This server counts rows; its other statistics are made up and not shown.",
    Ability.CHANGE_JOB: "This server changes no job: cancel it and queue another.",
    Ability.DELIVERIES: "This server does not tell what became of an output.",
    Ability.TEST_DELIVERY: "This server makes no test deliveries.",
    Ability.JOB_DELIVERY: "This server changes no job: cancel it and queue another.",
    Ability.SCHEDULE_DELIVERY: (
        "This server keeps no retry policy of a schedule, and shows secrets of destinations to everybody: "
        "the console sets neither."
    ),
    Ability.QUEUE: "This server tells how many jobs wait, and neither since when nor how fast they go.",
    Ability.RETRY_POLICY: "This server keeps no retry policy of a job: it waits as it has it.",
    Ability.CHANGE_SCHEDULE: "This server changes no schedule: delete it and create it anew.",
    Ability.SCHEDULE_OPTIONS: (
        "This server keeps no time zone, input, priority, retries or rules for missed and overlapping runs "
        "of a schedule: it fires by UTC, with an empty input."
    ),
    Ability.BULK: "This server has no bulk operations: the console acts on the rows itself.",
    Ability.TRY: "This server runs no drafts: save the task, then run it.",
    Ability.VERSIONS: "This server keeps no earlier versions of tasks.",
    Ability.ACTIVITY: "This server does not tell how often a task ran of late, nor how long it took.",
    Ability.SERIES: "This server keeps no figures over time: the console counts what it sees.",
    Ability.DENSITY: "This server does not count executions by time.",
    Ability.SCHEDULE_ACTIVITY: "This server does not tell how the runs of a schedule went.",
    Ability.SCHEDULE_CHANGES: "This server does not keep who changed a schedule, nor what.",
    Ability.SCHEDULE_RUNS: "This server does not tell which runs a schedule had.",
    Ability.PAUSE: "This server cannot pause its queue or a task.",
    Ability.FAILURES: "This server keeps no failures: nobody can ignore or resolve them.",
    Ability.PAYLOAD_SEARCH: "This server does not look into inputs and outputs.",
}
CAVEATS: Final = {
    "tasks/delete": "This server deletes its executions, jobs and schedules too, whatever they are doing.",
    "schedules/disable": "It goes on firing until the server restarts; only deleting it stops it now.",
    "schedules/enable": "If it was disabled since the server's start, it fires twice until the next restart.",
    "executions/cancel": "This server shows what was cancelled as failed.",
    "executions/retry": "A run is a job here: its execution shows on the job's page within some seconds.",
}


def native(version: str, graphql: bool) -> Dialect:
    """Return the dialect of a native server."""
    return Dialect(
        tongue=Tongue.NATIVE,
        server="Ratchet",
        version=version,
        cannot=CANNOT,
        caveats=CAVEATS,
        graphql=graphql,
        limited=True,
        act_requests=ACT_REQUESTS[graphql],
    )
