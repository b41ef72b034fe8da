"""What can be watched."""

import logging
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar

from pydantic import BaseModel

from ratchet_web.api import Ratchet, RatchetError
from ratchet_web.live import policy
from ratchet_web.live.rows import Row
from ratchet_web.logic.lists import Move, Shown
from ratchet_web.models.monitoring import Change
from ratchet_web.models.narrowing import RANGES, Range
from ratchet_web.models.pages import Page

T = TypeVar("T")
R = TypeVar("R", bound=BaseModel)
RANGE_LOOKS = 96
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A topic as it is now. Each row has an `id`; `unfinished`: something in it is expected to change.

    `page`: the same of a list, for its rows to be changed singly; None where that cannot be.
    """

    rows: tuple[Row, ...] = ()
    about: Row = field(default_factory=dict)
    unfinished: bool = False
    page: Shown | None = None


@dataclass(frozen=True)
class Topic(ABC):
    """Something that browsers watch, known to them by its name."""

    NOUN: ClassVar[str] = ""
    # Changes that follow each other faster are looked at together.
    LEAST_GAP_S: ClassVar[float] = 0.15
    # Where changes are announced, a look now and then still heals what an announcement missed.
    SAFETY_S: ClassVar[float | None] = 60.0

    name: str

    def dirtied_by(self, change: Change, last: Snapshot) -> bool:
        """Return whether the topic may look different after this change."""
        return is_about(change, self.NOUN)

    def concerned(self, move: Move) -> bool:
        """Return whether it may look different after this change, where rows are read for many topics."""
        return True

    @abstractmethod
    async def fetch(self, api: Ratchet) -> Snapshot:
        """Return how it is now.

        Raises:
            RatchetError: any of the tree.
        """

    def wait_s(self, announced: bool, age_s: float, unfinished: bool, failures: int) -> float | None:
        """Return the seconds until the next look without a change, None for never."""
        if announced and not failures:
            return self.SAFETY_S
        return policy.next_look_s(age_s, unfinished, failures)


def as_range_moves(wait_s: float | None, range: Range | None) -> float | None:
    """Return the wait until the next look at a list: rows leave a range that ends now without any change."""
    if wait_s is None or range is None:
        return wait_s
    return min(wait_s, RANGES[range].total_seconds() / RANGE_LOOKS)


def is_about(change: Change, noun: str) -> bool:
    """Return whether a change is of this resource, named in the plural or the singular."""
    return change.resource.lower().removesuffix("s") == noun.removesuffix("s")


def is_of(change: Change, noun: str, id: str) -> bool:
    """Return whether a change is of this row."""
    return change.id == id and is_about(change, noun)


def described(error: RatchetError) -> Row:
    """Return an error as browsers get it."""
    return {
        "title": error.title,
        "message": error.message,
        "request_id": error.request_id,
        "kind": error.kind,
    }


def total_of(page: Page[Any]) -> Row:
    """Return how many rows match, as `about` says it: `total`, and `beyond` where there are more.

    `ignored`: what of the query could not be applied.
    """
    beyond = {} if page.exact else {"beyond": True}
    ignored = {"ignored": list(page.ignored)} if page.ignored else {}
    return {"total": page.total, **beyond, **ignored}


async def counted(stats: Callable[[], Awaitable[T]], read: Callable[[T], dict[str, int | None]]) -> Row:
    """Return counts by status, as far as the server tells; missing counts are not worth a missing page.

    A server that knows no counts sends zeros beside its true total (`read` gives it as `total`).
    """
    try:
        told = read(await stats())
    except RatchetError as error:
        logger.info("No counts by status: %s (request %s)", error, error.request_id)
        return {}
    total = told.pop("total", None)
    counts: dict[str, Any] = {status: n for status, n in told.items() if n is not None}
    return {} if total and not any(counts.values()) else counts


def counted_on(page: Page[R], counts: Row, status: str | None, statuses: int) -> Page[R]:
    """Return a page with its true total, where the list gave up counting and all `statuses` were counted."""
    if page.exact or len(counts) < statuses:
        return page
    total = counts[status] if status else sum(counts.values())
    return page.model_copy(update={"total": total, "exact": True}) if total >= (page.total or 0) else page
