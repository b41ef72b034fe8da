"""How a server speaks, and what it cannot do: the pages ask "can it?" and never which server it is."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from ratchet_web.models.monitoring import Capabilities


class Tongue(StrEnum):
    """CONTRACT keeps `/api/v1` as published; NATIVE is the server written in Rust, which differs from it."""

    CONTRACT = "contract"
    NATIVE = "native"


class Ability(StrEnum):
    """What a page may ask of a server before it offers it."""

    EVENTS = "events"
    LOGS = "logs"
    LOG_SEARCH = "log_search"
    SOURCE = "source"
    CHECK = "check"
    INPUT = "input"
    ORIGIN = "origin"
    PROGRESS = "progress"
    WORKERS = "workers"
    HEALTH = "health"
    LAST_RUN = "last_run"
    STATISTICS = "statistics"
    CHANGE_JOB = "change_job"
    DELIVERIES = "deliveries"
    TEST_DELIVERY = "test_delivery"
    JOB_DELIVERY = "job_delivery"
    SCHEDULE_DELIVERY = "schedule_delivery"
    QUEUE = "queue"
    RETRY_POLICY = "retry_policy"
    CHANGE_SCHEDULE = "change_schedule"
    SCHEDULE_OPTIONS = "schedule_options"
    BULK = "bulk"
    BULK_PACE = "bulk_pace"
    VERSIONS = "versions"
    ACTIVITY = "activity"
    SERIES = "series"
    DENSITY = "density"
    SCHEDULE_RUNS = "schedule_runs"
    SCHEDULE_ACTIVITY = "schedule_activity"
    SCHEDULE_CHANGES = "schedule_changes"
    PAYLOAD_SEARCH = "payload_search"
    TRY = "try"
    PAUSE = "pause"
    FAILURES = "failures"


class Dialect(BaseModel):
    """What was found out about a server.

    `cannot` says in words why an ability is missing; what is not in it, the server can. `caveats` says by
    act (`schedules/disable`) what a person must know who has just done it. `graphql`: lists and rows are
    read by one GraphQL request. `limited`: everybody shares a small budget of requests, of which an act costs
    `act_requests`.
    """

    model_config = ConfigDict(frozen=True)

    tongue: Tongue = Tongue.CONTRACT
    server: str = ""
    version: str = ""
    capabilities: Capabilities = Capabilities()
    cannot: dict[Ability, str] = {}
    caveats: dict[str, str] = {}
    graphql: bool = False
    limited: bool = False
    act_requests: int = 1

    def can(self, ability: Ability) -> bool:
        """Return whether the server can do it."""
        return ability not in self.cannot


class Spent(BaseModel):
    """Requests that this process sent to a server since it began, and today (UTC).

    `refused` counts answers with 429. `held_s`: for so many seconds nothing is sent, because the server's
    limit was reached; `for_the_day`: it looks as if the limit of the day was.
    """

    model_config = ConfigDict(frozen=True)

    rest: int = 0
    graphql: int = 0
    refused: int = 0
    rest_today: int = 0
    left_today: int | None = None
    held_s: float = 0.0
    for_the_day: bool = False


class Pace(BaseModel):
    """How fast long work may go: requests `at_once`, then `per_s`, and `left_today`; none for `held_s`."""

    model_config = ConfigDict(frozen=True)

    at_once: int
    per_s: float
    left_today: int
    held_s: float = 0.0
