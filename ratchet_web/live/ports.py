"""What the hub needs of the side that talks to browsers."""

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

    async def publish(self, topic: str, message: Message) -> None:
        """Tell everyone who hears the topic."""
