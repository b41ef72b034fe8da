"""Server-sent events, as the HTML standard (9.2.6) reads them, from bytes cut anywhere."""

from codecs import getincrementaldecoder
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx

from ratchet_web.api.errors import Broken, Unreachable


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """One event. `id` is that of the latest event that had one."""

    name: str
    text: str
    id: str


class EventParser:
    """Feed it bytes, it returns the events that are complete.

    One event may not be longer than `limit` characters.
    """

    def __init__(self, limit: int = 16_000_000) -> None:
        self._decoder = getincrementaldecoder("utf-8")("replace")
        self._limit = limit
        self._line: list[str] = []
        self._size = 0
        self._after_cr = False
        self._first = True
        self._name, self._lines, self._id = "", list[str](), ""

    def feed(self, chunk: bytes) -> list[ServerEvent]:
        """Return the events that `chunk` completes.

        Raises:
            ValueError: an event is longer than the limit.
        """
        text = self._decoder.decode(chunk)
        if text and self._first:
            self._first, text = False, text.removeprefix("\ufeff")
        # A line may end in CR, LF or both, and the chunk may end between the two.
        if text and self._after_cr:
            self._after_cr, text = False, text.removeprefix("\n")
        self._after_cr = self._after_cr or text.endswith("\r")
        *whole, rest = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        events = [event for line in whole if (event := self._take(line))]
        self._keep(rest)
        return events

    def _keep(self, part: str) -> None:
        self._size += len(part)
        if self._size > self._limit:
            raise ValueError(f"an event is longer than {self._limit} characters")
        if part:
            self._line.append(part)

    def _take(self, end: str) -> ServerEvent | None:
        self._keep(end)
        line = "".join(self._line)
        self._line.clear()
        if not line:
            return self._dispatch()
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._lines.append(value)
        elif name == "event":
            self._name = value
        elif not name:
            self._size -= len(line)  # comments may go on for ever
        elif name == "id" and "\0" not in value:
            self._id = value
        return None

    def _dispatch(self) -> ServerEvent | None:
        name, lines = self._name or "message", self._lines
        self._name, self._lines, self._size = "", [], 0
        return ServerEvent(name, "\n".join(lines), self._id) if lines else None


async def events_of(response: httpx.Response, request_id: str) -> AsyncIterator[ServerEvent]:
    """Yield the events of an open answer.

    Raises:
        Unreachable: it broke off.
        Broken: it cannot be read.
    """
    parser = EventParser()
    try:
        async for chunk in response.aiter_bytes():
            for event in parser.feed(chunk):
                yield event
    except httpx.TransportError as error:
        raise Unreachable("The stream of events broke off", request_id=request_id) from error
    except (httpx.DecodingError, ValueError) as error:
        raise Broken("The stream of events cannot be read", status=200, request_id=request_id) from error
