"""What the hub needs of the side that talks to browsers."""

from collections.abc import Sequence
from typing import Any, Protocol

Message = dict[str, Any]


class Rooms(Protocol):
    """Viewers by socket id, in one room per topic. A socket that closes leaves its rooms by itself."""

    async def enter(self, sid: str, topic: str) -> None:
        """Let a viewer hear a topic."""

    async def leave(self, sid: str, topic: str) -> None:
        """Stop a viewer from hearing a topic."""

    def alive(self, sid: str) -> bool:
        """Return whether a viewer is still connected."""

    async def send(self, sid: str, message: Message) -> None:
        """Tell one viewer."""

    def follows(self, sid: str) -> bool:
        """Return whether a viewer has got nearly all that it was told."""

    async def publish(self, topic: str, message: Message) -> Sequence[str]:
        """Tell everyone who hears the topic, but those who are too far behind: return them."""
