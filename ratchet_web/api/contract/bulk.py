"""`/bulk`: one act on many rows, an addition to the contract."""

from collections.abc import Sequence
from typing import Any

from typing_extensions import override

from ratchet_web.api import reading
from ratchet_web.api.bulk import Bulk
from ratchet_web.api.contract.resource import Resource
from ratchet_web.api.http import Http
from ratchet_web.models.bulk import BulkItem, BulkOperation, BulkPreview, NewBulk


class ContractBulk(Resource[BulkOperation], Bulk):
    """`/bulk` as our server has it."""

    def __init__(self, http: Http) -> None:
        super().__init__(http, "/bulk", BulkOperation)

    @override
    async def preview(self, noun: str, verb: str, ids: Sequence[str]) -> BulkPreview:
        draft = NewBulk(action=verb, ids=tuple(ids), dry_run=True)
        return reading.one(await self._http.send("POST", f"/{noun}/bulk", draft.wire()), BulkPreview)

    @override
    async def start(self, noun: str, verb: str, ids: Sequence[str], reason: str = "") -> BulkOperation:
        named: dict[str, Any] = {"reason": reason} if reason else {}
        draft = NewBulk(action=verb, ids=tuple(ids), **named)
        return reading.one(await self._http.send("POST", f"/{noun}/bulk", draft.wire()), BulkOperation)

    @override
    async def items(self, id: str, first: int, limit: int) -> Sequence[BulkItem]:
        window = {"_start": str(first), "_end": str(first + limit)}
        return reading.page(await self._http.get(self._at(id, "items"), window), BulkItem, limit).rows

    @override
    async def abort(self, id: str) -> BulkOperation:
        return await self._act(id, "abort")
