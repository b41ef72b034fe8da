"""`/pauses`: what holds jobs back. Only where `Ability.PAUSE`."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from ratchet_web.models.pauses import NewPause, Pause


class Pauses(ABC):
    """`/pauses`. Every call may raise any of `api.errors`. `task`: an id; None is the queue."""

    @abstractmethod
    async def all(self) -> Sequence[Pause]:
        """Return what is paused; nothing, and without a question, where nothing can be."""

    @abstractmethod
    async def begin(self, task: str | None, draft: NewPause) -> Pause:
        """Let no job of it begin until it is ended; return the pause.

        Raises:
            Conflict: it is paused already.
            NotFound: there is no such task.
        """

    @abstractmethod
    async def end(self, task: str | None) -> None:
        """Let its jobs begin again.

        Raises:
            NotFound: it is not paused.
        """
