"""`/pauses`: what holds jobs back."""

from collections.abc import Sequence

from typing_extensions import override

from ratchet_web.api import reading
from ratchet_web.api.contract.resource import ID
from ratchet_web.api.errors import NotFound
from ratchet_web.api.http import Http
from ratchet_web.api.pauses import Pauses
from ratchet_web.models.pauses import NewPause, Pause


class ContractPauses(Pauses):
    """An addition of our own server; `offered`: whether this one has it."""

    def __init__(self, http: Http, *, offered: bool = False) -> None:
        self._http, self._offered = http, offered

    @override
    async def all(self) -> Sequence[Pause]:
        if not self._offered:
            return ()
        return reading.every(await self._http.get("/pauses"), Pause)

    @override
    async def begin(self, task: str | None, draft: NewPause) -> Pause:
        return reading.one(await self._http.send("PUT", _path(task), draft.wire()), Pause)

    @override
    async def end(self, task: str | None) -> None:
        await self._http.send("DELETE", _path(task))


def _path(task: str | None) -> str:
    if task is None:
        return "/pauses/queue"
    if not ID.fullmatch(task):
        raise NotFound(f"There is no task {task[:40]!r}", status=404)
    return f"/pauses/tasks/{task}"
