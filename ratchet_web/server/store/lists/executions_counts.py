"""How many executions match, by the time at which they were queued."""

from collections.abc import Iterable
from typing import Final, NamedTuple

import sqlalchemy as sa

from ratchet_web.server.store.codes import ExecutionCode
from ratchet_web.server.store.lists.counting import Wanted, matching, numbers, searched, within
from ratchet_web.server.store.lists.executions import LISTING
from ratchet_web.server.store.schema import executions

Counts = dict[ExecutionCode, int]
# It is drawn beside a page, and less often than the counts of which the page waits.
DENSITY_MS: Final = 250

_E = executions.c


class Span(NamedTuple):
    """From when on, and until before when, in ms."""

    first: int
    end: int


def by_time(connection: sa.Connection, wanted: Wanted, spans: Iterable[Span]) -> list[Counts] | None:
    """Return how many there are in each status and span; None where counting them would take too long.

    `wanted` says nothing of that time: a span is found in the index by its own bounds.
    """
    search = searched(connection, LISTING, wanted)
    named = sa.values(sa.column("first", sa.Integer), sa.column("last", sa.Integer), name="spans")
    given = named.data([(span.first, span.end) for span in spans]).cte("spans")
    one_text = sa.func.printf(",".join(["%d"] * len(ExecutionCode)), *numbers(search, ExecutionCode))
    counted = matching(search, one_text).where(_E.queued_at >= given.c.first, _E.queued_at < given.c.last)
    asked = sa.select(counted.correlate(given).scalar_subquery()).select_from(given)
    rows = within(search, DENSITY_MS, asked)
    return None if rows is None else [_counts(map(int, row[0].split(","))) for row in rows]


def _counts(found: Iterable[int]) -> Counts:
    return dict(zip(ExecutionCode, found, strict=True))
