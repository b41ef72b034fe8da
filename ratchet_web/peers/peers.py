"""The other workers, as one thing sees them that all share. Where there is one worker, there are none."""

from collections.abc import Awaitable, Callable
from typing import Any

# What JSON can say.
Body = Any
Heard = Callable[[str, Body], None]
Answering = Callable[[Body], Awaitable[Body]]


class AwayError(Exception):
    """A worker is gone, or Redis does not answer. The message is for people."""


class EndedError(AwayError):
    """A worker is gone for certain."""


class Peers:
    """Those with whom one thing is shared: the bulk runs of a server, say. Here there is nobody.

    `trouble` says why the others cannot be reached now; empty where they can, or there are none.
    """

    worker = ""
    trouble = ""

    def hear(self, kind: str, heard: Heard) -> None:
        """Let `heard` know what another worker tells of this kind, and which one."""

    def answer(self, kind: str, answering: Answering) -> None:
        """Let questions of this kind be answered."""

    def turned(self, call: Callable[[], None]) -> None:
        """Call this whenever the others can be reached anew, or cannot be any more."""

    def lost(self, call: Callable[[str], None]) -> None:
        """Call this with the name of a worker that has died."""

    def tell(self, kind: str, body: Body) -> None:
        """Tell all others, as soon as it can be."""

    async def ask(self, worker: str, kind: str, body: Body) -> Body:
        """Return what a worker answers.

        Raises:
            AwayError: it is gone, or does not answer.
        """
        raise AwayError("There is no other worker.")

    async def ask_all(self, kind: str, body: Body) -> Body:
        """Return the first answer of any other that is not None; None if none of them has one.

        Raises:
            AwayError: that is not known, for not all of them answer.
        """
        return None

    def close(self) -> None:
        """Hear no more."""
