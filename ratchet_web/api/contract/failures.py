"""`/failures`: what failed in the same way."""

from datetime import UTC, datetime

from typing_extensions import override

from ratchet_web.api import reading
from ratchet_web.api.contract.resource import Resource
from ratchet_web.api.failures import Failures, Verdict
from ratchet_web.api.http import Http
from ratchet_web.models.failures import Failure, FailureCounts, FailurePage, FailureQuery


class ContractFailures(Resource[Failure], Failures):
    """An addition of our own server."""

    def __init__(self, http: Http) -> None:
        super().__init__(http, "/failures", Failure)

    @override
    async def page(self, query: FailureQuery) -> FailurePage:
        answer = await self._http.get("/failures", query.as_of(datetime.now(UTC)).params())
        page = reading.page(answer, Failure, query.limit)
        meta = reading.meta_of(answer.payload())
        counts = meta.get("counts")
        return FailurePage(
            **{name: getattr(page, name) for name in type(page).model_fields},
            counts=FailureCounts.model_validate(counts if isinstance(counts, dict) else {}),
            complete=meta.get("complete") is not False,
        )

    @override
    async def judge(self, id: str, verdict: Verdict) -> Failure:
        return await self._act(id, verdict)
