"""Pages that are changed row by row, held against pages that are read anew."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from ratchet_web.logic.lists import UNTOLD, Doubt, Move, Nobody, Shown, is_ordered, moved, place
from ratchet_web.models.executions import Execution, ExecutionQuery, ExecutionStatus
from ratchet_web.models.jobs import Job, JobPriority, JobQuery
from ratchet_web.models.pages import Query
from ratchet_web.models.schedules import Schedule, ScheduleQuery
from ratchet_web.models.tasks import Task, TaskQuery

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
STEPS = 100
STATUSES = [status.value for status in ExecutionStatus]
QUERIES = [
    ExecutionQuery.model_validate({"sort": sort, "limit": limit, "page": page, **filters})
    for sort in ("-queued_at", "queued_at", "-duration_ms", "status", "-completed_at")
    for limit, page in ((5, 1), (50, 1), (5, 2))
    for filters in (
        {},
        {"status": "RUNNING"},
        {"status": "FAILED", "task": "1"},
        {"task": "2"},
        {"min_ms": 500},
        {"error": True, "since": BEGAN + timedelta(seconds=30)},
        {"text": "no"},
    )
]


def read(query: Any, rows: dict[str, Any]) -> Shown:
    """Return a page as a server would."""
    found = sorted((row for row in rows.values() if not query.misses(row)), key=lambda row: place(query, row))
    start = (query.page - 1) * query.limit
    anyone = query.model_copy(update={"status": None})
    counts = dict.fromkeys(STATUSES, 0)
    for row in rows.values():
        if not anyone.misses(row):
            counts[row.status] += 1
    return Shown(tuple(found[start : start + query.limit]), len(found), True, counts)


def random_row(chance: Random, id: int, before: Execution | None) -> Execution:
    status = chance.choice(STATUSES)
    ended = status in ("COMPLETED", "FAILED")
    return Execution(
        id=str(id),
        task_id=before.task_id if before else chance.choice("123"),
        status=ExecutionStatus(status),
        queued_at=before.queued_at if before else BEGAN + timedelta(seconds=id // 2),
        duration_ms=chance.choice([100, 500, 900]) if ended else None,
        completed_at=BEGAN + timedelta(seconds=chance.randrange(5)) if ended else None,
        error_message=chance.choice(["no", "oh"]) if status == "FAILED" else None,
    )


def step(chance: Random, rows: dict[str, Execution]) -> list[Move]:
    """Change some rows; return what was changed."""
    moves = {}
    for _ in range(chance.choice([1, 1, 1, 4])):
        known = chance.random() < 0.8
        if rows and chance.random() < 0.7:
            id = chance.choice(list(rows))
            after = None if chance.random() < 0.1 else random_row(chance, int(id), rows[id])
            before: Any = rows.pop(id)
        else:
            id = str(max(map(int, rows), default=0) + 1)
            before, after = None, random_row(chance, int(id), None)
        if id in moves:
            before, known = moves[id].before, True
        moves[id] = Move(id, before if known or before is None else Nobody.KNOWS, after)
        if after is not None:
            rows[id] = after
    return list(moves.values())


@pytest.mark.parametrize("seed", range(3))
def test_what_is_not_in_doubt_is_what_a_server_would_send(seed: int) -> None:
    chance = Random(seed)
    rows: dict[str, Execution] = {}
    queries = chance.sample(QUERIES, 25)
    shown = [read(query, rows) for query in queries]
    doubts = 0
    for _ in range(STEPS):
        moves = step(chance, rows)
        for at, query in enumerate(queries):
            after, doubt = moved(query, shown[at], moves)
            fresh = read(query, rows)
            if doubt is Doubt.NONE:
                assert after == fresh, (query.address(), moves)
            doubts += bool(doubt)
            shown[at] = fresh
    assert doubts < 0.6 * STEPS * len(queries)


def row(id: int, status: str = "RUNNING", **more: Any) -> Execution:
    return Execution(id=str(id), task_id="1", status=status, queued_at=BEGAN + timedelta(seconds=id), **more)


def page(*rows: Execution, total: int, **counts: int) -> Shown:
    return Shown(rows, total, True, counts)


NEWEST = ExecutionQuery(limit=2)


def test_a_new_row_pushes_the_last_one_off_its_page() -> None:
    known = page(row(3), row(2), total=3, RUNNING=3)
    after, doubt = moved(NEWEST, known, [Move("4", None, row(4, "PENDING"))])
    assert ([each.id for each in after.rows], after.total, doubt) == (["4", "3"], 4, Doubt.NONE)


def test_a_row_that_leaves_a_full_page_leaves_a_gap_that_only_a_look_can_fill() -> None:
    known = page(row(3), row(2), total=3, RUNNING=3, FAILED=0)
    query = NEWEST.model_copy(update={"status": ExecutionStatus.RUNNING})
    after, doubt = moved(query, known, [Move("3", Nobody.KNOWS, row(3, "FAILED"))])
    assert ([each.id for each in after.rows], after.total, doubt) == (["2"], 2, Doubt.ROWS)
    assert after.counts == {"RUNNING": 2, "FAILED": 1}


def test_rows_of_other_tasks_raise_no_doubt() -> None:
    known = page(row(3), total=1, RUNNING=1)
    query = ExecutionQuery(task="1", text="no")
    strange = row(9, "FAILED", error_message="no").model_copy(update={"task_id": "2"})
    assert moved(query, known, [Move("9", Nobody.KNOWS, strange)]) == (known, Doubt.NONE)


def test_a_text_is_the_servers_to_look_for() -> None:
    query = ExecutionQuery(text="no")
    known = page(total=0, FAILED=0)
    assert moved(query, known, [Move("3", None, row(3))])[1] is Doubt.NONE
    assert moved(query, known, [Move("3", None, row(3, "FAILED", error_message="no"))])[1] is Doubt.ROWS


def test_what_may_have_been_counted_already_is_not_counted_twice() -> None:
    known = page(row(3), row(2), total=3, RUNNING=3, FAILED=0)
    after, doubt = moved(NEWEST, known, [Move("2", Nobody.KNOWS, row(2, "FAILED"), counted=False)])
    assert (after.rows[1].status, after.counts, doubt) == ("FAILED", known.counts, Doubt.COUNTS)


def test_unknown_counts_stay_unknown_and_a_lower_bound_is_no_total() -> None:
    known = replace(page(row(3), row(2), total=10_000), exact=False, counts={"RUNNING": None})
    after, _ = moved(NEWEST, known, [Move("4", None, row(4))])
    assert (after.total, after.exact, after.counts) == (10_000, False, {"RUNNING": None})


def test_a_server_with_an_order_of_its_own_is_asked() -> None:
    rows: Sequence[Execution] = (row(2), row(3))
    assert not is_ordered(NEWEST, rows)
    assert not is_ordered(NEWEST, (row(3), row(2).model_copy(update={"id": "a-slug"})))
    known = replace(page(*rows, total=2), ordered=False)
    assert moved(NEWEST, known, [Move("4", None, row(4))])[1] is Doubt.ROWS


@pytest.mark.parametrize(
    ("model", "known"),
    [
        (ExecutionQuery, row(1)),
        (JobQuery, Job(id="1")),
        (TaskQuery, Task(id="1")),
        (ScheduleQuery, Schedule(id="1")),
    ],
)
def test_each_filter_is_judged_by_the_row_or_left_to_the_server(model: type[Query], known: Any) -> None:
    # These are exact times by then.
    own = set(model.model_fields) - set(Query.model_fields) - {"range", "ended"}
    judged = {name for name, _ in model()._passed(known)}
    assert own - UNTOLD <= judged


def test_priorities_stand_in_the_order_of_their_urgency() -> None:
    jobs = [
        Job(id=str(id), priority=priority, queued_at=BEGAN)
        for id, priority in enumerate((JobPriority.CRITICAL, JobPriority.HIGH, JobPriority.LOW))
    ]
    assert is_ordered(JobQuery(sort="-priority"), jobs)
    assert is_ordered(JobQuery(sort="priority"), jobs[::-1])


def test_names_stand_in_the_order_of_their_letters_then_of_their_versions() -> None:
    names = [("a", "1.0.0"), ("A", "2.0.0"), ("ab", "1.0.0"), ("b", "1.0.0"), ("Z", "1.0.0"), ("ä", "1.0.0")]
    tasks = [Task(id=str(9 - n), name=name, version=version) for n, (name, version) in enumerate(names)]
    assert is_ordered(TaskQuery(sort="name"), tasks)
    assert is_ordered(TaskQuery(sort="-name"), tasks[::-1])
    assert is_ordered(TaskQuery(sort="-id"), tasks)


def test_which_other_letters_are_the_same_is_the_servers_to_tell() -> None:
    known = Shown((), 0)
    for sought, name, doubt in [("A", "a", Doubt.NONE), ("ä", "Ä", Doubt.ROWS), ("ä", "a", Doubt.ROWS)]:
        schedule = Schedule(id="1", name=name)
        after, told = moved(ScheduleQuery(q=sought), known, [Move("1", None, schedule)])
        assert (bool(after.rows), told) == (doubt is Doubt.NONE, doubt)


def test_a_row_without_a_status_is_counted_in_the_total_alone() -> None:
    task = Task(id="1", name="a")
    query, known = TaskQuery(enabled=True), Shown((task,), 1)
    off = task.model_copy(update={"enabled": False})
    assert moved(query, known, [Move("1", Nobody.KNOWS, off)]) == (Shown((), 0), Doubt.NONE)
    assert moved(query, Shown((), 0), [Move("1", off, task)]) == (known, Doubt.NONE)


def test_a_row_that_moves_up_on_a_full_page_leaves_it_in_no_doubt() -> None:
    tasks = [Task(id=str(id), name=name) for id, name in enumerate("bcd", 1)]
    query, known = TaskQuery(limit=3), Shown(tuple(tasks), 9)
    for name, doubt in [("a", Doubt.NONE), ("bb", Doubt.NONE), ("x", Doubt.ROWS)]:
        renamed = tasks[2].model_copy(update={"name": name})
        after, told = moved(query, known, [Move("3", tasks[2], renamed)])
        assert told is doubt
        assert [task.name for task in after.rows] == sorted(["b", "c", name])
