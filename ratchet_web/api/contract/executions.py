"""`/executions`: one attempt at running a task."""

from pydantic import JsonValue
from typing_extensions import override

from ratchet_web.api import reading
from ratchet_web.api.contract.logs import ContractLogs
from ratchet_web.api.contract.resource import Resource
from ratchet_web.api.executions import ORIGINAL, Call, Executions, Original
from ratchet_web.api.http import Http
from ratchet_web.models.executions import Execution, ExecutionQuery, ExecutionStats, NewExecution, RetryInput
from ratchet_web.models.pages import Page


class ContractExecutions(Resource[Execution], Executions):
    """`/executions` as the contract has it."""

    def __init__(self, http: Http) -> None:
        super().__init__(http, "/executions", Execution)
        self.logs = ContractLogs(http)

    @override
    async def page(self, query: ExecutionQuery) -> Page[Execution]:
        return await self._page(query)

    @override
    async def create(self, draft: NewExecution) -> Execution:
        return await self._create(draft)

    @override
    async def call(self, draft: NewExecution) -> Call:
        return Call(self._http.address("/executions"), draft.wire())

    @override
    async def cancel(self, id: str) -> Execution:
        return await self._act(id, "cancel")

    @override
    async def retry(self, id: str, input: JsonValue | Original = ORIGINAL) -> Execution:
        draft = RetryInput() if isinstance(input, Original) else RetryInput(input=input)
        answer = await self._http.send("POST", self._at(id, "retry"), draft.wire())
        return reading.one(answer, Execution)

    @override
    async def stats(self) -> ExecutionStats:
        return reading.stats(await self._http.get("/executions/stats"), ExecutionStats)
