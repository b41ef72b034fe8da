"""Rooms of viewers over Reflex's own socket: a message is encoded once for all who are in the room.

This leans on internals of Reflex 0.10.1 (the event namespace and the shape of a state update), which is why
Reflex is pinned; tests/e2e shows that it works.
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import reflex as rx
from engineio.packet import MESSAGE, Packet  # type: ignore[import-untyped]
from reflex.state import StateUpdate
from socketio.packet import EVENT  # type: ignore[import-untyped]

from ratchet_web.live.outbox import Outbox
from ratchet_web.live.ports import Message
from ratchet_web.live.wire import Wire

# A browser that so many messages wait for is told no more; it skips to the newest state when so few do.
MOST_WAIT, FEW_WAIT = 32, 2


class SocketRooms:
    """The viewers of this process, by socket id. A closed socket leaves its rooms by itself."""

    def __init__(self, app: rx.App) -> None:
        self._app = app
        self._sio.eio.create_queue = Outbox
        self._sio.eio._async = {**self._sio.eio._async, "websocket": Wire}

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

    def follows(self, sid: str) -> bool:
        """Return whether a viewer has got nearly all that it was told."""
        socket = self._socket(self._sio.manager.eio_sid_from_sid(sid, self._namespace))
        return socket is None or socket.queue.qsize() <= FEW_WAIT

    async def publish(self, topic: str, message: Message) -> Sequence[str]:
        """Tell everyone who hears the topic, but those who are too far behind: return them.

        Straight to each socket, or into its queue where something is on its way: Socket.IO's `emit` starts a
        task for each of them, which costs more than all the rest, and waits for none to read.
        """
        told = self._sio.packet_class(EVENT, namespace=self._namespace, data=["event", _update(message)])
        packet = Packet(MESSAGE, told.encode())
        frame = {"type": "websocket.send", "bytes": None, "text": packet.encode()}
        behind = []
        for sid, eio_sid in self._sio.manager.get_participants(self._namespace, _room(topic)):
            socket = self._socket(eio_sid)
            if socket is None or (socket.queue.is_empty and socket.wire.tell(frame)):
                continue
            if socket.queue.qsize() >= MOST_WAIT:
                behind.append(sid)
            else:
                socket.queue.put_nowait(packet)
        return behind

    def _socket(self, eio_sid: str) -> Any:
        socket = self._sio.eio.sockets.get(eio_sid)
        return None if socket is None or socket.closed else socket

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
