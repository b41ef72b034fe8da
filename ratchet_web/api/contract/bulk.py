"""`/bulk`: one act on many rows, an addition to the contract."""

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError
from typing_extensions import override

from ratchet_web.api import reading
from ratchet_web.api.bulk import Bulk
from ratchet_web.api.contract.resource import Resource
from ratchet_web.api.errors import Refused
from ratchet_web.api.http import UNSENDABLE, Http
from ratchet_web.models.bulk import BulkAct, BulkItem, BulkOperation, BulkPace, BulkPreview, NewBulk


class ContractBulk(Resource[BulkOperation], Bulk):
    """`/bulk` as our server has it."""

    def __init__(self, http: Http) -> None:
        super().__init__(http, "/bulk", BulkOperation)

    @override
    async def preview(self, act: BulkAct, ids: Sequence[str]) -> BulkPreview:
        draft = NewBulk(**_named(act), ids=tuple(ids), dry_run=True)
        return reading.one(await self._http.send("POST", f"/{act.resource}/bulk", draft.wire()), BulkPreview)

    @override
    async def start(
        self, act: BulkAct, ids: Sequence[str], reason: str = "", per_s: float | None = None
    ) -> BulkOperation:
        given: dict[str, Any] = {"reason": reason, "rate_per_second": per_s}
        wanted = {name: value for name, value in given.items() if value}
        try:
            draft = NewBulk(**_named(act), ids=tuple(ids), **wanted)
        except ValidationError as error:
            # A reason with half of a character, say.
            raise Refused(UNSENDABLE) from error
        return reading.one(
            await self._http.send("POST", f"/{act.resource}/bulk", draft.wire()), BulkOperation
        )

    @override
    async def items(self, id: str, first: int, limit: int) -> Sequence[BulkItem]:
        window = {"_start": str(first), "_end": str(first + limit)}
        return reading.page(await self._http.get(self._at(id, "items"), window), BulkItem, limit).rows

    @override
    async def pace(self, id: str, per_s: float | None) -> BulkOperation:
        return await self._act(id, "pace", BulkPace(rate_per_second=per_s).wire())

    @override
    async def abort(self, id: str) -> BulkOperation:
        return await self._act(id, "abort")


def _named(act: BulkAct) -> dict[str, Any]:
    return {"action": act.action, **({"arguments": dict(act.arguments)} if act.arguments else {})}
