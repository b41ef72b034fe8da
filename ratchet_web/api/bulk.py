"""`/bulk`: one act on many rows, carried out by the server. Only where `Ability.BULK`."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from ratchet_web.models.bulk import BulkAct, BulkItem, BulkOperation, BulkPreview


class Bulk(ABC):
    """`/bulk`. Every call may raise any of `api.errors`."""

    @abstractmethod
    async def preview(self, act: BulkAct, ids: Sequence[str]) -> BulkPreview:
        """Return what acting on these rows would do; nothing is done."""

    @abstractmethod
    async def start(
        self, act: BulkAct, ids: Sequence[str], reason: str = "", per_s: float | None = None
    ) -> BulkOperation:
        """Begin to act on these rows, 10,000 at most; return the operation.

        `per_s`: no faster than so many rows a second.
        """

    @abstractmethod
    async def get(self, id: str) -> BulkOperation:
        """Return an operation as it is now.

        Raises:
            NotFound: there is none.
        """

    @abstractmethod
    async def items(self, id: str, first: int, limit: int) -> Sequence[BulkItem]:
        """Return what became of the rows of an operation, from one on, 1,000 at most, in the order of ids."""

    @abstractmethod
    async def pace(self, id: str, per_s: float | None) -> BulkOperation:
        """Let it go on at so many rows a second, 0: none until told otherwise, None: as fast as it can.

        Only where `Ability.BULK_PACE`.

        Raises:
            Conflict: it has ended.
        """

    @abstractmethod
    async def abort(self, id: str) -> BulkOperation:
        """Let it do nothing more; return it.

        Raises:
            Conflict: it has ended.
        """
