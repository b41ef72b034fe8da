"""Failures: what failed in the same way, by the fingerprint of the error."""

from datetime import datetime
from typing import Annotated, ClassVar, Final

from pydantic import AfterValidator, Field

from ratchet_web.models.base import Id, RowId, Wire, Word
from ratchet_web.models.narrowing import Exactly, Range, Sought, begun, parameters
from ratchet_web.models.pages import Page, Query

FINGERPRINT_CHARS: Final = 16


def is_fingerprint(text: object) -> bool:
    """Return whether this is a fingerprint: 16 hexadecimal digits."""
    return (
        isinstance(text, str) and len(text) == FINGERPRINT_CHARS and not set(text) - set("0123456789abcdef")
    )


def _fingerprint(text: str) -> str:
    if not is_fingerprint(text):
        raise ValueError("must be a fingerprint: 16 hexadecimal digits")
    return text


Print = Annotated[str, AfterValidator(_fingerprint), Field(json_schema_extra={"pattern": "^[0-9a-f]{16}$"})]


class FailureState(Word):
    """OPEN until somebody has it IGNORED or RESOLVED; a resolved one that returns is OPEN again."""

    OPEN = "OPEN"
    IGNORED = "IGNORED"
    RESOLVED = "RESOLVED"


class FailureTask(Wire):
    """How often a failure came in one task, and in which versions of it; `more_versions` are not named."""

    task_id: Id
    task_name: str | None = None
    count: int = 0
    versions: tuple[str, ...] = ()
    more_versions: int = 0


class FailureTrend(Wire):
    """How often it came in each of the buckets of `step_ms` from `start` on."""

    start: datetime | None = None
    step_ms: int = 0
    counts: tuple[int, ...] = ()


class FailureSample(Wire):
    """The newest execution that failed so."""

    execution_id: Id
    task_id: Id = ""
    task_version: str | None = None
    error_message: str | None = None
    completed_at: datetime | None = None


class Failure(Wire):
    """What failed in the same way. `id`: its fingerprint, `message`: folded, `frame`: what threw.

    `count`, `trend` and `tasks` are of the executions that are kept, in the time that was asked for;
    `more_tasks` are not named. `first_seen` and `last_seen` are of all that ever came. `state_by`: None where
    nobody is named; `reopened_at`: it came again after it was resolved. Where the server does not keep
    failures, `state` is unknown and `executions` are those that were
    found and, as far as is told, not retried.
    """

    id: Id
    error: str = ""
    message: str = ""
    frame: str = ""
    count: int = 0
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    trend: FailureTrend = FailureTrend()
    tasks: tuple[FailureTask, ...] = ()
    more_tasks: int = 0
    sample: FailureSample | None = None
    state: FailureState = FailureState("unknown")
    state_by: str | None = None
    state_at: datetime | None = None
    reopened_at: datetime | None = None
    executions: tuple[Id, ...] = Field((), exclude=True)


class FailureCounts(Wire):
    """How many failures there are in each state; None where nobody knows."""

    open: int | None = None
    ignored: int | None = None
    resolved: int | None = None


class FailurePage(Page[Failure]):
    """Some failures, and how many there are in each state.

    `looked_at`: they were found among so many of the newest failed executions, None where among all. Not
    `complete`: of older executions some are not grouped yet.
    """

    counts: FailureCounts = FailureCounts()
    looked_at: int | None = None
    complete: bool = True


class FailureQuery(Query):
    """Which failures: those that came in a `range` that ends now, or between `since` and `until`.

    `q` stands in the class, the folded message or the function.
    """

    SORTS: ClassVar = ("count", "last_seen", "first_seen")
    PATH: ClassVar = "/failures"

    sort: str = "-count"
    state: FailureState | None = None
    task: RowId | None = None
    range: Range | None = None
    since: Exactly | None = None
    until: Exactly | None = None
    q: Sought | None = None

    def as_of(self, now: datetime) -> "FailureQuery":
        """Return the query with exact times: a range that ends now means others at each look."""
        if self.range is None:
            return self
        return self.model_copy(
            update={"range": None, "since": begun(self.range, self.since, self.until, now)}
        )

    def filters(self) -> dict[str, str]:
        """Every filter narrows; a range is none until it is exact."""
        return parameters(
            {
                "state": self.state,
                "task_id": self.task,
                "failed_after": self.since,
                "failed_before": self.until,
                "text_like": self.q,
            }
        )
