"""`/bulk`: one act on many rows, carried out by the server. Only where `Ability.BULK`."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from ratchet_web.models.bulk import BulkItem, BulkOperation, BulkPreview


class Bulk(ABC):
    """`/bulk`. Every call may raise any of `api.errors`. `noun`: `jobs`, …; `verb`: `cancel`, …."""

    @abstractmethod
    async def preview(self, noun: str, verb: str, ids: Sequence[str]) -> BulkPreview:
        """Return what acting on these rows would do; nothing is done."""

    @abstractmethod
    async def start(self, noun: str, verb: str, ids: Sequence[str], reason: str = "") -> BulkOperation:
        """Begin to act on these rows, 10,000 at most; return the operation."""

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
    async def abort(self, id: str) -> BulkOperation:
        """Let it do nothing more; return it.

        Raises:
            Conflict: it has ended.
        """
