"""Rooms of viewers over Reflex's own socket: a message is encoded once for all who are in the room.

This leans on internals of Reflex 0.10.1 (the event namespace and the shape of a state update), which is why
Reflex is pinned; tests/e2e shows that it works.
"""

from contextlib import suppress
from typing import Any

import reflex as rx
from reflex.state import StateUpdate

from ratchet_web.live.ports import Message


class SocketRooms:
    """The viewers of this process, by socket id. A closed socket leaves its rooms by itself."""

    def __init__(self, app: rx.App) -> None:
        self._app = app

    async def enter(self, sid: str, topic: str) -> None:
        """Let a viewer hear a topic."""
        # A tab that closes at this very moment has no rooms any more; the hub lets go of it soon.
        with suppress(KeyError, ValueError):
            await self._sio.enter_room(sid, _room(topic), namespace=self._namespace)

    async def leave(self, sid: str, topic: str) -> None:
        """Stop a viewer from hearing a topic."""
        await self._sio.leave_room(sid, _room(topic), namespace=self._namespace)

    def alive(self, sid: str) -> bool:
        """Return whether a viewer is still connected."""
        return bool(self._sio.manager.is_connected(sid, self._namespace))

    async def send(self, sid: str, message: Message) -> None:
        """Tell one viewer."""
        await self._events.emit("event", _update(message), to=sid)

    async def publish(self, topic: str, message: Message) -> None:
        """Tell everyone who hears the topic."""
        await self._events.emit("event", _update(message), room=_room(topic))

    @property
    def _events(self) -> Any:
        namespace = self._app.event_namespace
        if namespace is None:
            raise RuntimeError("Reflex has no event namespace: the application has no state")
        return namespace

    @property
    def _namespace(self) -> str:
        return str(self._events.namespace)

    @property
    def _sio(self) -> Any:
        return self._app.sio


def _room(topic: str) -> str:
    return f"live:{topic}"


def _update(message: Message) -> StateUpdate:
    return StateUpdate(delta={"live": message})
