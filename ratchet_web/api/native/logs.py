"""Logs of the native server: it keeps none, and answers with the same two lines for every execution."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager

from typing_extensions import override

from ratchet_web.api.errors import Broken
from ratchet_web.api.logs import Logs
from ratchet_web.models.logs import LogForm, LogLevels, LogMatches, LogPage, LogPlace, LogSearch


class NativeLogs(Logs):
    """No lines, and never any: nobody is asked."""

    @override
    async def page(self, id: str, *, after: int = 0, limit: int = 500, tail: int | None = None) -> LogPage:
        return LogPage(done=True)

    @override
    async def at(self, id: str, place: LogPlace) -> LogPage:
        return LogPage(done=True)

    @override
    async def matches(self, id: str, search: LogSearch) -> LogMatches:
        return LogMatches(done=True)

    @override
    async def levels(self, id: str) -> LogLevels:
        return LogLevels()

    @override
    def file(self, id: str, form: LogForm) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        raise Broken("This server keeps no logs")

    @override
    def follow(self, id: str, *, after: int = 0) -> AbstractAsyncContextManager[AsyncIterator[LogPage]]:
        raise Broken("This server keeps no logs")
