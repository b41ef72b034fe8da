"""Searches through a log by a regular expression: in a process that can be ended."""

import time
from dataclasses import replace
from typing import Final

from ratchet_web.logic.schemas import Fault
from ratchet_web.server.engine.judge import Judge
from ratchet_web.server.errors import BusyError, InvalidError
from ratchet_web.server.store.logs import SEARCH_S, Logs
from ratchet_web.server.store.logs_matches import RUNS_LIMIT, Matches, note
from ratchet_web.server.store.logs_scan import LogQuery

# One of them is at work, the others wait for their turns.
MOST: Final = 5
RETRY_S: Final = 2


class Expressions:
    """Searches by regular expression, `MOST` of them at once."""

    def __init__(self, logs: Logs, judge: Judge) -> None:
        self._logs, self._judge = logs, judge
        self._under_way = 0

    async def find(self, execution_id: int, query: LogQuery, pattern: str) -> Matches | None:
        """Return which of a query's lines an expression is found in; None if there is no such execution.

        It ends after `SEARCH_S`, as a search for a text does. Who cancels it ends the process at work for it.

        Raises:
            BusyError: too many wait already.
            InvalidError: it is no expression, or takes too long.
        """
        if self._under_way >= MOST:
            raise BusyError(
                "Other searches by expression are under way: try again in a moment, or search for a text",
                RETRY_S,
            )
        self._under_way += 1
        try:
            return await self._find(execution_id, query, pattern)
        finally:
            self._under_way -= 1

    async def _find(self, execution_id: int, query: LogQuery, pattern: str) -> Matches | None:
        deadline = time.monotonic() + SEARCH_S
        runs: list[list[int]] = []
        after = query.after
        while True:
            texts = await self._logs.texts(execution_id, replace(query, after=after))
            if texts is None:
                return None
            try:
                # Without lines too: a wrong expression is told of wherever it is looked for.
                matching = await self._judge.matching(pattern, [text for _, text in texts.rows])
            except ValueError as error:
                raise InvalidError([Fault("search", str(error))]) from error
            note(runs, (texts.rows[at][0] for at in matching))
            after = texts.next
            if texts.complete or len(runs) >= RUNS_LIMIT or time.monotonic() > deadline:
                return Matches(runs, texts.total, texts.done, after, texts.complete)
