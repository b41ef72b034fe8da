"""`/executions/{id}/logs`: what an execution printed."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager

from ratchet_web.models.logs import LogForm, LogLevels, LogMatches, LogPage, LogPlace, LogSearch


class Logs(ABC):
    """The log lines of executions. Every call may raise any of `api.errors`."""

    @abstractmethod
    async def page(self, id: str, *, after: int = 0, limit: int = 500, tail: int | None = None) -> LogPage:
        """Return at most `limit` lines with `seq` above `after`, or the last `tail` lines.

        A server may answer with fewer where lines are long: `complete` tells whether that was all. Without
        `Ability.LOGS` there are none, and there will be none.

        Raises:
            NotFound: there is no such execution.
        """

    @abstractmethod
    async def at(self, id: str, place: LogPlace) -> LogPage:
        """Return the lines of a place, as `page` does; what is not `complete` goes on in its direction.

        Raises:
            NotFound: there is no such execution.
        """

    @abstractmethod
    async def matches(self, id: str, search: LogSearch) -> LogMatches:
        """Return which lines a search finds; what takes long is told in parts. Only where
        `Ability.LOG_SEARCH`.

        Raises:
            NotFound: there is no such execution.
            Refused: it is no regular expression, or one that takes too long; `.fields["search"]` says so.
        """

    @abstractmethod
    async def levels(self, id: str) -> LogLevels:
        """Return how many lines there are of each level. Only where `Ability.LOG_SEARCH`.

        Raises:
            NotFound: there is no such execution.
        """

    @abstractmethod
    def file(self, id: str, form: LogForm) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """Open the log so far as a file, in pieces, as the server writes it. Only where `Ability.LOG_SEARCH`.

        Raises:
            NotFound: there is no such execution, or the server writes no files.
        """

    @abstractmethod
    def follow(self, id: str, *, after: int = 0) -> AbstractAsyncContextManager[AsyncIterator[LogPage]]:
        """Open the stream of lines with `seq` above `after`: `async with … as pages: async for …`.

        The last page has `done`. A stream that breaks off before raises `Unreachable`: follow again after
        the last `seq` seen. Only where `capabilities.log_follow`.

        Raises:
            NotFound: there is no such execution.
        """
