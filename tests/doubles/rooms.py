"""Rooms in memory, with browsers that apply what they hear as the real one does."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from ratchet_web.live.ports import Message


class Browser:
    """What one viewer heard, and what it makes of it. A patch that does not fit is a failure."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.rows: dict[str, dict[str, Any]] = {}
        self.about: dict[str, dict[str, Any]] = {}
        self.versions: dict[str, int] = {}
        self.lines: dict[str, list[int]] = defaultdict(list)

    def receive(self, message: Message) -> None:
        self.messages.append(message)
        topic = message["topic"]
        if topic == "session":  # the browser leaves the page
            return
        if "lines" in message:
            self.lines[topic] += [line["seq"] for line in message["lines"]]
        elif "rows" in message:
            self.rows[topic] = {row["id"]: row for row in message["rows"]}
        else:
            assert message["version"] == self.versions[topic] + 1, message
            self._patch(topic, message)
        self.versions[topic] = message["version"]
        if "about" in message:
            self.about[topic] = message["about"]

    def _patch(self, topic: str, message: Message) -> None:
        rows = dict(self.rows[topic])
        for id, fields in message["set"].items():
            rows[id] = {**rows[id], **fields}
        for row in message.get("new", ()):
            assert row["id"] not in rows
            rows[row["id"]] = row
        for id in message.get("gone", ()):
            del rows[id]
        order = message.get("order", list(rows))
        assert sorted(order) == sorted(rows)
        self.rows[topic] = {id: rows[id] for id in order}

    @property
    def mode(self) -> str:
        """What the link says; empty until it said something."""
        return str(self.about.get("link", {}).get("mode", ""))

    def row(self, topic: str, id: str) -> dict[str, Any]:
        """Return a row as the browser has it; empty while it has none."""
        return self.rows.get(topic, {}).get(id, {})

    def of(self, topic: str) -> list[Message]:
        return [message for message in self.messages if message["topic"] == topic]


class MemoryRooms:
    """Viewers are names; `close` is what happens when a tab is closed. Who is `slow` is told nothing more."""

    def __init__(self) -> None:
        self.browsers: dict[str, Browser] = defaultdict(Browser)
        self.closed: set[str] = set()
        self.slow: set[str] = set()
        self._members: dict[str, set[str]] = defaultdict(set)
        self._news = asyncio.Event()

    async def enter(self, sid: str, topic: str) -> None:
        self._members[topic].add(sid)

    async def leave(self, sid: str, topic: str) -> None:
        self._members[topic].discard(sid)

    def members(self, topic: str) -> int:
        return len(self._members[topic])

    def alive(self, sid: str) -> bool:
        return sid not in self.closed

    async def send(self, sid: str, message: Message) -> None:
        await asyncio.sleep(0)  # as a socket does, it lets others run
        self._hand(sid, message)

    def follows(self, sid: str) -> bool:
        return sid not in self.slow

    async def publish(self, topic: str, message: Message) -> list[str]:
        members = sorted(self._members[topic])
        await asyncio.sleep(0)
        for sid in members:
            if self.follows(sid):
                self._hand(sid, message)
        return [sid for sid in members if not self.follows(sid)]

    def close(self, sid: str) -> None:
        self.closed.add(sid)
        for members in self._members.values():
            members.discard(sid)

    async def until(self, holds: Callable[[], Any], within_s: float = 60) -> None:
        """Wait until something holds, looking whenever a message arrives, and now and then."""
        async with asyncio.timeout(within_s):
            while not holds():
                self._news.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._news.wait(), 0.01)

    def _hand(self, sid: str, message: Message) -> None:
        if self.alive(sid):
            self.browsers[sid].receive(message)
        self._news.set()
