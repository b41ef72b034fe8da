"""Everything that matches is met once, page after page."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ratchet_web.api import Ratchet, Refused, Unreachable
from ratchet_web.api.arranging import arranged
from ratchet_web.bulk.export import PAGE, every, pieces
from ratchet_web.models.dialect import Dialect
from ratchet_web.models.executions import Execution, ExecutionQuery, ExecutionStatus
from ratchet_web.models.pages import Page
from tests.doubles.native import Native

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


class Executions:
    """A list in memory: it ignores the filters of `ignored`, and the page `fails_at` cannot be read."""

    def __init__(self, rows: Sequence[Execution], ignored: tuple[str, ...] = (), fails_at: int = 0) -> None:
        self.rows, self.asked = list(rows), list[ExecutionQuery]()
        self._ignored, self._fails_at = ignored, fails_at

    async def page(self, query: ExecutionQuery) -> Page[Execution]:
        self.asked.append(query)
        if len(self.asked) == self._fails_at:
            raise Unreachable("It went away")
        met = tuple(name for name in self._ignored if getattr(query, name) is not None)
        found = arranged(query.model_copy(update=dict.fromkeys(self._ignored)), self.rows)
        return found.model_copy(update={"ignored": met})


class ToTheMillisecond(Executions):
    """Its rows know microseconds; times it is asked for come to the millisecond, as addresses say them."""

    async def page(self, query: ExecutionQuery) -> Page[Execution]:
        asked = ExecutionQuery.model_validate(query.model_dump())
        self.asked.append(asked)
        return arranged(asked, self.rows)


class Api:
    """As much of a client as an export needs."""

    def __init__(self, executions: Executions) -> None:
        self.executions = executions

    async def dialect(self) -> Dialect:
        return Dialect()


def rows(count: int, at_once: int = 1, **fields: Any) -> list[Execution]:
    """Return rows of which so many were queued at the same time."""
    made = [{"id": str(n + 1), "queued_at": NOON + timedelta(seconds=n // at_once)} for n in range(count)]
    return [Execution.model_validate(row | fields) for row in made]


async def exported(executions: Executions, query: ExecutionQuery | None = None) -> list[str]:
    api: Any = Api(executions)
    return [row.id async for page in every(api, query or ExecutionQuery()) for row in page]


@pytest.mark.parametrize("at_once", [1, 7, PAGE, 3 * PAGE + 1, 10_000])
@pytest.mark.parametrize("count", [0, 1, PAGE, PAGE + 1, 5 * PAGE])
@pytest.mark.parametrize("ignored", [(), ("until",)])
async def test_every_row_is_met_once_and_the_newest_first(
    at_once: int, count: int, ignored: tuple[str, ...]
) -> None:
    found = await exported(Executions(rows(count, at_once), ignored))
    assert found == [str(n) for n in range(count, 0, -1)]


@pytest.mark.parametrize("apart_us", [1, 7, 300, 1_000, 1_700])
@pytest.mark.parametrize("until", [None, NOON + timedelta(microseconds=90_500)])
async def test_no_row_between_two_milliseconds_is_missed(apart_us: int, until: datetime | None) -> None:
    made = [
        {"id": str(n), "queued_at": NOON + timedelta(microseconds=apart_us * n + 123)}
        for n in range(3 * PAGE + 20)
    ]
    executions = ToTheMillisecond([Execution.model_validate(row) for row in made])
    query = ExecutionQuery(until=until)
    meant = arranged(query.model_copy(update={"limit": 10_000}), executions.rows)
    assert await exported(executions, query) == [row.id for row in meant.rows]


async def test_rows_that_come_meanwhile_move_nothing() -> None:
    executions = Executions(rows(3 * PAGE))
    found = list[str]()
    api: Any = Api(executions)
    async for page in every(api, ExecutionQuery(page=4, sort="status")):
        found += [row.id for row in page]
        late = {"id": str(9000 + len(found)), "queued_at": NOON + timedelta(days=1)}
        executions.rows.append(Execution.model_validate(late))
    assert found == [str(n) for n in range(3 * PAGE, 0, -1)]


async def test_the_filters_are_those_of_the_list_and_a_range_is_settled_once() -> None:
    executions = Executions(rows(3 * PAGE, status="FAILED"))
    await exported(executions, ExecutionQuery(status=ExecutionStatus.FAILED, range="30d"))
    first = executions.asked[0]
    assert (first.range, first.status) == (None, ExecutionStatus.FAILED)
    assert {asked.since for asked in executions.asked} == {first.since}


async def test_what_the_server_does_not_narrow_is_not_exported() -> None:
    with pytest.raises(Refused, match="run time"):
        await exported(Executions(rows(3), ("min_ms",)), ExecutionQuery(min_ms=5))


async def test_a_page_that_fails_ends_the_file_before_its_end() -> None:
    api: Any = Api(Executions(rows(3 * PAGE), fails_at=2))
    texts = list[str]()

    async def read() -> None:
        async for piece in pieces(api, ExecutionQuery(), "json"):
            texts.append(piece.text)

    with pytest.raises(Unreachable):
        await read()
    assert len(texts) == 2
    assert not texts[-1].endswith("]\n")


async def test_the_native_server_is_read_by_pages(double: Native) -> None:
    for n in range(250):
        double.add_execution(queued_at=NOON + timedelta(seconds=n), status="COMPLETED")
    async with Ratchet("http://native.test", transport=double.transport) as api:
        found = [
            row.id
            async for page in every(api, ExecutionQuery(until=NOON + timedelta(seconds=219)))
            for row in page
        ]
    assert len(found) == len(set(found)) == 220
