"""No pauses: the native server holds nothing back."""

from collections.abc import Sequence

from typing_extensions import override

from ratchet_web.api.errors import NotFound
from ratchet_web.api.pauses import Pauses
from ratchet_web.models.pauses import NewPause, Pause

NONE = "This server cannot pause its queue or a task"


class NativePauses(Pauses):
    """Nothing is ever paused; who asks `Dialect.can` first never meets a refusal."""

    @override
    async def all(self) -> Sequence[Pause]:
        return ()

    @override
    async def begin(self, task: str | None, draft: NewPause) -> Pause:
        raise NotFound(NONE)

    @override
    async def end(self, task: str | None) -> None:
        raise NotFound(NONE)
