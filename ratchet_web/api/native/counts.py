"""How many rows there are in each status: the native server's own statistics are made up."""

from collections.abc import Sequence
from typing import Any

from ratchet_web.api.kept import Kept
from ratchet_web.api.native.lists import Lists
from ratchet_web.api.native.reads import ByGraphql

# By REST each status is a request of its own.
COSTLY_KEEP_S = 300.0


class Counts:
    """Counts by status, true ones: the total of a list of one row for each."""

    def __init__(self, lists: Lists[Any], statuses: Sequence[str]) -> None:
        self._lists, self._statuses = lists, statuses
        self._known = Kept(self._ask, 0.0 if isinstance(lists.reads, ByGraphql) else COSTLY_KEEP_S)

    async def now(self) -> dict[str, int]:
        """Return the count of each status; under the empty text, of all rows."""
        return await self._known.get()

    async def _ask(self) -> dict[str, int]:
        filters: list[dict[str, str]] = [{}, *({"status": status} for status in self._statuses)]
        totals = await self._lists.totals(filters)
        return dict(zip(("", *self._statuses), totals, strict=True))
