"""A search through a log by a regular expression: in a process that can be ended."""

import time
from dataclasses import replace

from ratchet_web.logic.schemas import Fault
from ratchet_web.server.engine.judge import Judge
from ratchet_web.server.errors import InvalidError
from ratchet_web.server.store.logs import SEARCH_S, Logs
from ratchet_web.server.store.logs_matches import RUNS_LIMIT, Matches, note
from ratchet_web.server.store.logs_scan import LogQuery


async def by_expression(
    logs: Logs, judge: Judge, execution_id: int, query: LogQuery, pattern: str
) -> Matches | None:
    """Return which of a query's lines a regular expression is found in; None if there is no such execution.

    It ends after `SEARCH_S`, as a search for a text does.

    Raises:
        InvalidError: it is no expression, or takes too long.
    """
    deadline = time.monotonic() + SEARCH_S
    runs: list[list[int]] = []
    after = query.after
    while True:
        texts = await logs.texts(execution_id, replace(query, after=after))
        if texts is None:
            return None
        try:
            # Without lines too: a wrong expression is told of wherever it is looked for.
            matching = await judge.matching(pattern, [text for _, text in texts.rows])
        except ValueError as error:
            raise InvalidError([Fault("search", str(error))]) from error
        note(runs, (texts.rows[at][0] for at in matching))
        after = texts.next
        if texts.complete or len(runs) >= RUNS_LIMIT or time.monotonic() > deadline:
            return Matches(runs, texts.total, texts.done, after, texts.complete)
