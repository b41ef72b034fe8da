"""The record of acts: who did what to which rows, why, and what came of it."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field

from ratchet_web.models.narrowing import Exactly, Range, Sought, begun
from ratchet_web.models.pages import Query


class Result(StrEnum):
    """What came of an act: BEGUN goes on in the background; of a lost answer (UNKNOWN) nobody knows."""

    BEGUN = "begun"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Entry(BaseModel):
    """One line. `id` is in the order of time; `ids` are of the rows, `n` says of how many where not all stand
    here (`part` of several lines). `address` is the peer's, `run` the bulk run that it belongs to.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    at: datetime
    who: str = ""
    role: str = ""
    address: str = ""
    server: str = ""
    noun: str = ""
    verb: str = ""
    ids: tuple[str, ...] = ()
    n: int | None = None
    part: str = ""
    reason: str = ""
    result: Result = Result.DONE
    note: str = ""
    request_id: str = ""
    run: str = ""

    @property
    def what(self) -> str:
        """The act in words: `cancel jobs`."""
        return f"{self.verb.replace('_', ' ')} {self.noun}".strip()


class AuditQuery(Query):
    """Which entries: `who` and `what` are parts of texts, `row` an id: of a row, a bulk run, a request."""

    PATH: ClassVar[str] = "/audit"
    SORTS: ClassVar[tuple[str, ...]] = ("at",)

    sort: str = "-at"
    page: int = Field(1, ge=1, le=1_000)
    who: Sought | None = None
    what: Sought | None = None
    row: Sought | None = None
    result: Result | None = None
    range: Range | None = None
    since: Exactly | None = None
    until: Exactly | None = None

    def as_of(self, now: datetime) -> Self:
        """Return the query with its range as exact times."""
        if self.range is None:
            return self
        since = begun(self.range, self.since, self.until, now)
        return self.model_copy(update={"range": None, "since": since})

    def matches(self, entry: Entry) -> bool:
        """Return whether an entry is meant; a range must be exact by then."""
        return (
            _holds(f"{entry.who} {entry.role} {entry.address}", self.who)
            and _holds(f"{entry.what} {entry.reason} {entry.note}", self.what)
            and (self.row is None or self.row in (*entry.ids, entry.run, entry.request_id))
            and (self.result is None or entry.result is self.result)
            and (self.since is None or entry.at >= self.since)
            and (self.until is None or entry.at < self.until)
        )


def _holds(text: str, part: str | None) -> bool:
    return part is None or part.casefold() in text.casefold()
