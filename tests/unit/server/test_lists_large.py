"""A long list shows the same rows in the same order, whichever way they are found."""

from collections import Counter
from dataclasses import replace
from itertools import product

import pytest

from ratchet_web.server.examples.history import DAY_MS, Sizes
from ratchet_web.server.parameters.executions import ExecutionListParameters as ExecutionParameters
from ratchet_web.server.parameters.jobs import JobParameters
from ratchet_web.server.seeds import seed
from ratchet_web.server.store.codes import ExecutionCode, JobCode
from ratchet_web.server.store.database import Database
from ratchet_web.server.store.errors import TooSlow
from ratchet_web.server.store.lists import base, counting, executions, executions_counts, jobs, large
from ratchet_web.server.store.lists.base import Window

NOW = 1_790_000_000_000
AGO = "2026-09-01T00:00:00Z"
ROWS = 600
LISTS = {"executions": (ExecutionParameters, executions.LISTING), "jobs": (JobParameters, jobs.LISTING)}
MIXES = {
    "executions": [
        {},
        {"status": "COMPLETED"},
        {"status": "FAILED", "task_id": "1"},
        {"status_ne": "COMPLETED"},
        {"task_id_in": "1,2,3"},
        {"has_error": "true"},
        {"has_error": "false"},
        {"error_message_like": "timeout"},
        {"error_message_like": "no such text"},
        {"input_like": "7"},
        {"output_like": "no such text", "task_id": "1"},
        {"input_like": "1", "has_error": "true"},
        {"duration_gte": "500", "queued_after": AGO},
        {"progress_lte": "0.5"},
        {"schedule_id": "1"},
        {"retry_of": "1"},
        {"retried": "true"},
        {"retried": "false", "task_id": "2"},
        {"fingerprint": "0" * 16, "retried": "false"},
        {"started_before": AGO, "can_retry": "false", "task_id": "2"},
    ],
    "jobs": [
        {},
        {"status": "QUEUED"},
        {"status_in": "QUEUED,RETRYING"},
        {"priority_gte": "HIGH"},
        {"has_error": "true", "retry_count_gte": "2"},
        {"error_message_like": "undefined"},
        {"due_now": "false", "task_id": "1"},
        {"due_now": "true"},
        {"is_scheduled": "true", "scheduled_after": AGO},
        {"has_retries_remaining": "false"},
        {"max_retries_lte": "2"},
    ],
}


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    directory = tmp_path_factory.mktemp("seeded")
    seed(directory, Sizes(ROWS, ROWS, 10), NOW)
    opened = Database(directory)
    yield opened
    opened.close()


CASES = [(noun, mix) for noun, mixes in MIXES.items() for mix in mixes]


# Bound, limit of time for counting, how many are kept when counted: as it is, all many, no count quickly
# enough of many and of few.
@pytest.mark.parametrize("limits", [(10_000, 25, 500), (1, 25, 0), (1, 0, 0), (10_000, 0, 2)])
@pytest.mark.parametrize(("noun", "mix"), CASES, ids=str)
async def test_every_way_finds_the_same_page(monkeypatch, database, noun, mix, limits):
    for name, value in zip(("BOUND", "COUNT_MS", "FOUND"), limits, strict=True):
        monkeypatch.setattr(large, name, value)
    kind, listing = LISTS[noun]
    # Which rows are found is asked here, not how soon.
    monkeypatch.setattr(base, "SEARCH_MS", 60_000)
    # So that a limit of no time is met at the first look at the clock.
    monkeypatch.setattr("ratchet_web.server.store.lists.hints._STEPS", 1)
    wanted = kind.model_validate(mix).wanted(NOW)
    plain = replace(listing, access=None)

    def compare(connection):
        everything = plain.page(connection, wanted, Window("id", limit=ROWS))
        for sort, down, offset in product(listing.sorts, (True, False), (0, everything.total - 7)):
            window = Window(sort, down, max(0, offset), 10)
            found, expected = (which.page(connection, wanted, window) for which in (listing, plain))
            assert [row.id for row in found.rows] == [row.id for row in expected.rows], window
            assert found.total == expected.total if found.exact else found.total <= expected.total

    await database.read(compare)


async def test_counting_ends_at_the_bound_unless_counters_know(monkeypatch, database):
    monkeypatch.setattr(large, "BOUND", 100)
    listing = executions.LISTING

    def totals(connection, **mix):
        wanted = ExecutionParameters.model_validate(mix).wanted(NOW)
        found = listing.page(connection, wanted, Window("queued_at", True))
        return found.total, found.exact

    assert await database.read(totals) == (ROWS, True)
    assert await database.read(lambda c: totals(c, duration_gte="0")) == (100, False)
    assert await database.read(lambda c: totals(c, id_in="1,2,3")) == (3, True)
    by_status = [await database.read(lambda c, s=s: totals(c, status=s)[0]) for s in ("completed", "failed")]
    both = await database.read(lambda c: totals(c, status_in="COMPLETED,FAILED"))
    assert both == (sum(by_status), True)


async def test_a_page_beyond_the_end_is_empty(database):
    def beyond(connection, **mix):
        wanted = ExecutionParameters.model_validate(mix).wanted(NOW)
        return executions.LISTING.page(connection, wanted, Window("duration_ms", True, ROWS + 5, 10)).rows

    assert await database.read(beyond) == []
    assert await database.read(lambda c: beyond(c, status="FAILED")) == []
    assert await database.read(lambda c: beyond(c, duration_gte="5")) == []


async def test_the_made_up_past_has_nothing_that_a_server_would_run_at_once(database):
    def waiting(connection):
        due = JobParameters.model_validate({"due_now": "true"}).wanted(NOW + DAY_MS)
        opened = ExecutionParameters.model_validate({"can_cancel": "true"}).wanted(NOW)
        first = Window("id")
        return (
            jobs.LISTING.page(connection, due, first).total,
            executions.LISTING.page(connection, opened, first).total,
        )

    assert await database.read(waiting) == (0, 0)


EXECUTION_MIXES = [mix for noun, mix in CASES if noun == "executions"]
JOB_MIXES = [mix for noun, mix in CASES if noun == "jobs"]


@pytest.mark.parametrize("mix", EXECUTION_MIXES, ids=str)
async def test_counts_by_status_and_by_time_are_those_of_the_list(database, mix):
    wanted = ExecutionParameters.model_validate(mix).wanted(NOW)
    timeless = {name: value for name, value in wanted.items() if name != "queued_after"}
    plain = replace(executions.LISTING, access=None)

    def compare(connection):
        rows = plain.page(connection, wanted, Window("id", limit=ROWS)).rows
        expected = Counter(row.status for row in rows)
        counts = counting.by_status(connection, executions.LISTING, ExecutionCode, wanted)
        assert {code: n for code, n in counts.items() if n} == expected
        first = max([row.queued_at for row in rows if row.queued_at], default=NOW) - 30 * DAY_MS
        spans = [executions_counts.Span(first + n * DAY_MS, first + (n + 1) * DAY_MS) for n in range(31)]
        rows = plain.page(connection, timeless, Window("id", limit=ROWS)).rows
        expected = [Counter(row.status for row in rows if s.first <= row.queued_at < s.end) for s in spans]
        found = executions_counts.by_time(connection, timeless, spans)
        assert [{code: n for code, n in counts.items() if n} for counts in found] == expected

    await database.read(compare)


@pytest.mark.parametrize("mix", JOB_MIXES, ids=str)
async def test_counts_of_jobs_are_those_of_their_list(database, mix):
    wanted = JobParameters.model_validate(mix).wanted(NOW)
    plain = replace(jobs.LISTING, access=None)

    def compare(connection):
        rows = plain.page(connection, wanted, Window("id", limit=ROWS)).rows
        counts = counting.by_status(connection, jobs.LISTING, JobCode, wanted)
        assert {code: n for code, n in counts.items() if n} == Counter(row.status for row in rows)

    await database.read(compare)


async def test_what_takes_too_long_to_count_is_not_known(monkeypatch, database):
    monkeypatch.setattr("ratchet_web.server.store.lists.hints._STEPS", 1)
    monkeypatch.setattr(counting, "COUNTS_MS", 0)
    monkeypatch.setattr(executions_counts, "DENSITY_MS", 0)
    wanted, span = {"duration_gte": 0}, executions_counts.Span(0, NOW)

    def known(wanted):
        return database.read(lambda c: counting.by_status(c, executions.LISTING, ExecutionCode, wanted))

    assert await known(wanted) is None
    assert await database.read(lambda c: executions_counts.by_time(c, wanted, [span])) is None
    assert sum((await known({})).values()) == ROWS


async def test_what_would_take_too_long_to_look_through_is_refused(monkeypatch, database):
    monkeypatch.setattr("ratchet_web.server.store.lists.base.SEARCH_STEPS", 1)
    monkeypatch.setattr("ratchet_web.server.store.lists.base.SEARCH_MS", 0)

    def page(connection):
        return executions.LISTING.page(connection, {"input_like": "x", "task_id": 1}, Window("id"))

    with pytest.raises(TooSlow) as refused:
        await database.read(page)
    assert refused.value.filters == ["input_like"]
