"""No bulk operations: the native server has none."""

from collections.abc import Sequence

from typing_extensions import override

from ratchet_web.api.bulk import Bulk
from ratchet_web.api.errors import NotFound
from ratchet_web.models.bulk import BulkAct, BulkItem, BulkOperation, BulkPreview

NONE = "This server has no bulk operations"


class NativeBulk(Bulk):
    """What nobody who asks `Dialect.can` first ever meets."""

    @override
    async def preview(self, act: BulkAct, ids: Sequence[str]) -> BulkPreview:
        raise NotFound(NONE)

    @override
    async def start(
        self, act: BulkAct, ids: Sequence[str], reason: str = "", per_s: float | None = None
    ) -> BulkOperation:
        raise NotFound(NONE)

    @override
    async def get(self, id: str) -> BulkOperation:
        raise NotFound(NONE)

    @override
    async def items(self, id: str, first: int, limit: int) -> Sequence[BulkItem]:
        raise NotFound(NONE)

    @override
    async def pace(self, id: str, per_s: float | None) -> BulkOperation:
        raise NotFound(NONE)

    @override
    async def abort(self, id: str) -> BulkOperation:
        raise NotFound(NONE)
