"""Pages of lists whose rows can be changed singly, where somebody reads the changed ones for many lists."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, ClassVar, TypeVar

from ratchet_web.api import Ratchet
from ratchet_web.live.rows import NOT_IN_LISTS, Row, list_row
from ratchet_web.live.topic import Snapshot, Topic, counted_on, total_of
from ratchet_web.logic.lists import Doubt, Move, Shown, concerns, is_ordered, moved
from ratchet_web.models.base import Wire
from ratchet_web.models.pages import Page, Query

T = TypeVar("T", bound=Wire)


def lean(row: T) -> T:
    """Return a row without what no list shows."""
    heavy = {name: type(row).model_fields[name].get_default() for name in NOT_IN_LISTS & _set(row)}
    return row.model_copy(update=heavy) if heavy else row


def _set(row: Wire) -> frozenset[str]:
    return frozenset(row.model_fields_set)


@dataclass(frozen=True)
class Listed(Topic):
    """A page of a list; `about` has `total`, and `counts` by status within its filters where it has any."""

    # As many as there are, each with a number, is a whole count; none where rows have no status.
    STATUSES: ClassVar[int] = 0
    UNFINISHED: ClassVar[tuple[str, ...]] = ()
    query: Query

    @abstractmethod
    async def read(self, api: Ratchet) -> tuple[Page[Any], Row]:
        """Return the page, and the counts by status as far as the server tells."""

    async def fetch(self, api: Ratchet) -> Snapshot:
        """Return the page and the counts."""
        page, counts = await self.read(api)
        whole, about = page, {}
        if self.STATUSES:
            whole = counted_on(page, counts, getattr(self.query, "status", None), self.STATUSES)
            about = {"counts": counts}
        about = {**total_of(whole), **about}
        return Snapshot(
            tuple(map(list_row, page.rows)), about, self._is_unfinished(page.rows), self._shown(whole, counts)
        )

    def concerned(self, move: Move) -> bool:
        """By rows of its task, job or schedule."""
        return concerns(self.query, move)

    def patched(
        self, last: Snapshot, moves: Sequence[Move], rows: Mapping[str, Row]
    ) -> tuple[Snapshot, Doubt]:
        """Return the page after these changes, and what of it is in doubt; `rows` of the list by id."""
        if last.page is None:
            return last, Doubt.ROWS
        page, doubt = moved(self.query.as_of(datetime.now(UTC)), last.page, moves)
        known = {**{row["id"]: row for row in last.rows}, **rows}
        about = {**last.about, **({"counts": dict(page.counts)} if self.STATUSES else {})}
        if page.exact:
            about["total"] = page.total
        told = tuple(known[row.id] for row in page.rows)
        return replace(
            last, rows=told, about=about, unfinished=self._is_unfinished(page.rows), page=page
        ), doubt

    def _shown(self, page: Page[Any], counts: Row) -> Shown | None:
        if page.ignored:
            return None
        rows = tuple(map(lean, page.rows))
        return Shown(rows, page.total, page.exact, counts, is_ordered(self.query, rows))

    def _is_unfinished(self, rows: Sequence[Any]) -> bool:
        return any(getattr(row, "status", None) in self.UNFINISHED for row in rows)
