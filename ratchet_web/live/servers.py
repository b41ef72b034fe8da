"""Rooms of one server among several: what is said of one is never heard by those who look at another."""

from collections.abc import Sequence

from ratchet_web.live.ports import Message, Rooms
from ratchet_web.models.servers import under


class ServerRooms:
    """The rooms of a server. Others have rooms of the same topics: here they carry the server's name.

    `person`, where people sign in, is whose rooms they are (`#7`): `#7:prod:tasks`.
    """

    def __init__(self, server: str, rooms: Rooms, person: str = "") -> None:
        self._server, self._rooms, self._person = server, rooms, person

    async def enter(self, sid: str, topic: str) -> None:
        """Let a viewer hear a topic of this server."""
        await self._rooms.enter(sid, self._room(topic))

    async def leave(self, sid: str, topic: str) -> None:
        """Stop a viewer from hearing a topic of this server."""
        await self._rooms.leave(sid, self._room(topic))

    def alive(self, sid: str) -> bool:
        """Return whether a viewer is still connected."""
        return self._rooms.alive(sid)

    async def send(self, sid: str, message: Message) -> None:
        """Tell one viewer."""
        await self._rooms.send(sid, self._named(message))

    def follows(self, sid: str) -> bool:
        """Return whether a viewer has got nearly all that it was told."""
        return self._rooms.follows(sid)

    async def publish(self, topic: str, message: Message) -> Sequence[str]:
        """Tell everyone who hears the topic of this server, but those too far behind: return them."""
        return await self._rooms.publish(self._room(topic), self._named(message))

    def _room(self, topic: str) -> str:
        return under(self._person, under(self._server, topic))

    def _named(self, message: Message) -> Message:
        return {**message, "topic": under(self._server, message["topic"])}
