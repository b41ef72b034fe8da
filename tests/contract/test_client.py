"""The client against every kind of server: the embedded one in this process and over a socket, the double of
the native one, and whatever `RATCHET_CONTRACT_URL` names (`make contract`), where it removes what it made.
"""

import json
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from ratchet_web.api import Conflict, NotApplied, NotFound, Ratchet, RatchetError, Refused, Stale, Unreachable
from ratchet_web.models.dialect import Ability, Tongue
from ratchet_web.models.executions import ExecutionQuery, ExecutionStatus, NewExecution
from ratchet_web.models.jobs import JobPriority, JobQuery, JobStatus, NewJob
from ratchet_web.models.monitoring import Change
from ratchet_web.models.schedules import NewSchedule, ScheduleChange, ScheduleQuery, ScheduleTrigger
from ratchet_web.models.tasks import NewTask, SourceCheck, Task, TaskChange, TaskQuery
from tests.doubles.native import native
from tests.support.server import Process, on_port, transport

ADD = "function main(input) { console.log('adding'); return { sum: input.a + input.b } }"
SPIN = "function main() { for (;;) {} }"
NUMBERS = {
    "type": "object",
    "properties": {"a": {"type": "number"}, "b": {"type": "number"}},
    "required": ["a", "b"],
}
URL, TOKEN = os.environ.get("RATCHET_CONTRACT_URL", ""), os.environ.get("RATCHET_CONTRACT_TOKEN")
SERVERS = ["in process", "port", "native", *(["url"] if URL else [])]
made: list[Task] = []


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    with on_port(tmp_path_factory.mktemp("port"), RATCHET_WORKERS="1") as server:
        yield server


@pytest.fixture
async def streaming(port: Process) -> AsyncIterator[Ratchet]:
    async with Ratchet(port.url) as client:
        yield client


@pytest.fixture(params=SERVERS)
async def ratchet(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Ratchet]:
    if request.param == "url":
        async with Ratchet(URL, token=TOKEN) as client:
            yield client
            await remove_what_was_made()
    elif request.param == "port":
        async with Ratchet(request.getfixturevalue("port").url) as client:
            yield client
    elif request.param == "native":
        async with native() as double, Ratchet("http://native.test", transport=double.transport) as client:
            yield client
    else:
        async with (
            transport(tmp_path, workers=1) as reached,
            Ratchet("http://127.0.0.1", transport=reached) as client,
        ):
            yield client


async def remove_what_was_made() -> None:
    """Delete the tasks of this test at the address, and with them what they ran."""
    headers = {"authorization": f"Bearer {TOKEN}"} if TOKEN else {}
    async with httpx.AsyncClient(headers=headers) as plain:
        while made:
            await plain.delete(f"{URL.rstrip('/')}/tasks/{made.pop().id}")


async def new_task(ratchet: Ratchet, source: str = ADD, **fields: object) -> Task:
    draft = {"name": f"t-{uuid4().hex[:8]}", "source_code": source, **fields}
    task = await ratchet.tasks.create(NewTask.model_validate(draft))
    made.append(task)
    return task


async def is_native(ratchet: Ratchet) -> bool:
    return (await ratchet.dialect()).tongue is Tongue.NATIVE


async def can(ratchet: Ratchet, ability: Ability) -> bool:
    return (await ratchet.dialect()).can(ability)


async def ended(ratchet: Ratchet, id: str) -> None:
    """Wait until the log of an execution ends: then it is over."""
    async with ratchet.executions.logs.follow(id) as pages:
        async for _ in pages:
            pass


async def test_the_life_of_a_task(ratchet: Ratchet) -> None:
    task = await new_task(ratchet, input_schema=NUMBERS, description="adds")
    kept = ADD if await can(ratchet, Ability.SOURCE) else ""
    assert (task.version, task.enabled, task.source_code) == ("1.0.0", True, kept)
    assert (await ratchet.tasks.get(task.id)).input_schema == NUMBERS
    found = await ratchet.tasks.page(TaskQuery(q=task.name))
    assert ([row.id for row in found.rows], found.total) == ([task.id], 1)
    changed = await ratchet.tasks.change(task.id, TaskChange(description="adds two", version="1.1.0"))
    assert (changed.description, changed.version) == ("adds two", "1.1.0")
    assert not (await ratchet.tasks.disable(task.id)).enabled
    assert [row.id for row in (await ratchet.tasks.page(TaskQuery(q=task.name, enabled=False))).rows] == [
        task.id
    ]
    if not await is_native(ratchet):  # there a disabled task still runs
        with pytest.raises(Conflict):
            await ratchet.executions.create(NewExecution(task_id=task.id, input={"a": 1, "b": 2}))
    assert (await ratchet.tasks.enable(task.id)).enabled
    assert ((await ratchet.tasks.stats()).total_tasks or 0) >= 1
    await ratchet.tasks.delete(task.id)
    for gone in (ratchet.tasks.get, ratchet.tasks.delete):
        with pytest.raises(NotFound):
            await gone(task.id)


async def test_an_earlier_version_of_a_task_is_read(ratchet: Ratchet) -> None:
    task = await new_task(ratchet)
    if not await can(ratchet, Ability.VERSIONS):
        with pytest.raises(RatchetError, match="no earlier versions"):
            await ratchet.tasks.version(task.id, 1)
        return
    await ratchet.tasks.change(task.id, TaskChange(source_code=SPIN))
    first, second = await ratchet.tasks.version(task.id, 1), await ratchet.tasks.version(task.id, 2)
    assert (first.source_code, first.current) == (ADD, False)
    assert (second.source_code, second.current) == (SPIN, True)
    with pytest.raises(NotFound):
        await ratchet.tasks.version(task.id, 3)


async def test_a_description_is_emptied_or_said_to_stay(ratchet: Ratchet) -> None:
    task = await new_task(ratchet, description="adds")
    emptied = TaskChange(description=None)
    if await is_native(ratchet):
        with pytest.raises(NotApplied, match="cannot empty description"):
            await ratchet.tasks.change(task.id, emptied)
    else:
        assert (await ratchet.tasks.change(task.id, emptied)).description is None


async def test_a_change_from_an_older_revision_meets_the_newer_one(ratchet: Ratchet) -> None:
    task = await new_task(ratchet)
    if not await can(ratchet, Ability.VERSIONS):
        with pytest.raises(RatchetError):
            await ratchet.tasks.versions(task.id)
        return
    assert task.revision == 1
    theirs = await ratchet.tasks.change(task.id, TaskChange(source_code=ADD + "//"), revision=1)
    with pytest.raises(Stale) as stale:
        await ratchet.tasks.change(task.id, TaskChange(source_code="mine"), revision=1)
    assert stale.value.fields == {"revision": "2"}
    with pytest.raises(Stale):
        await ratchet.tasks.restore(task.id, 1, current=1)
    assert (await ratchet.tasks.get(task.id)).source_code == theirs.source_code
    restored = await ratchet.tasks.restore(task.id, 1, current=2)
    assert (restored.revision, restored.source_code) == (3, ADD)
    heads = await ratchet.tasks.versions(task.id)
    assert [(head.revision, head.restored_from, head.current) for head in heads] == [
        (3, 1, True),
        (2, None, False),
        (1, None, False),
    ]
    assert [head.revision for head in await ratchet.tasks.versions(task.id, before=2)] == [1]


async def test_what_is_refused_names_its_field(ratchet: Ratchet) -> None:
    task = await new_task(ratchet, input_schema=NUMBERS)
    with pytest.raises(Conflict):
        await ratchet.tasks.create(NewTask(name=task.name, source_code=ADD))
    if await is_native(ratchet):  # it judges no schema, but has words that it takes for an attack
        with pytest.raises(Refused) as words:
            await ratchet.tasks.create(NewTask(name="x", description="drop it"))
        assert list(words.value.fields) == ["description"]
        return
    with pytest.raises(Refused) as schema:
        await ratchet.tasks.create(NewTask(name="x", input_schema={"type": "nonsense"}))
    assert any(field.startswith("inputSchema") for field in schema.value.fields)
    with pytest.raises(Refused) as wrong:
        await ratchet.executions.create(NewExecution(task_id=task.id, input={"a": "one", "b": 2}))
    assert list(wrong.value.fields) == ["input.a"]
    assert wrong.value.request_id


async def test_unknown_ids_are_not_found(ratchet: Ratchet) -> None:
    for get in (ratchet.tasks.get, ratchet.executions.get, ratchet.jobs.get, ratchet.schedules.get):
        with pytest.raises(NotFound, match="99999"):
            await get("99999")
    for act in (
        ratchet.jobs.cancel,
        ratchet.executions.cancel,
        ratchet.schedules.disable,
        ratchet.tasks.enable,
    ):
        with pytest.raises(NotFound, match="99999"):
            await act("99999")
    if await can(ratchet, Ability.LOGS):
        with pytest.raises(NotFound):
            await ratchet.executions.logs.page("99999")


async def test_a_check_names_the_line(ratchet: Ratchet) -> None:
    if not await can(ratchet, Ability.CHECK):
        with pytest.raises(RatchetError):
            await ratchet.tasks.check(SourceCheck(source_code=ADD))
        return
    result = await ratchet.tasks.check(SourceCheck(source_code="function main() {\n  return (\n}"))
    assert not result.valid
    assert result.errors[0].line == 3
    assert (await ratchet.tasks.check(SourceCheck(source_code=ADD))).valid


async def test_health_capabilities_and_counts(ratchet: Ratchet) -> None:
    assert (await ratchet.monitoring.health()).status == "healthy"
    dialect = await ratchet.dialect()
    assert dialect.version
    assert dialect.capabilities.events == dialect.can(Ability.EVENTS)
    metrics = await ratchet.monitoring.metrics()
    assert metrics.figures is not None
    assert metrics.figures.application.tasks.total_tasks
    assert "# TYPE" in (await ratchet.monitoring.prometheus()).text
    assert (await ratchet.executions.stats()).total_executions is not None
    assert (await ratchet.jobs.stats()).queued_jobs is not None
    assert (await ratchet.schedules.stats()).total_schedules is not None


async def test_the_life_of_a_schedule(ratchet: Ratchet) -> None:
    task = await new_task(ratchet)
    given = {"input": {"a": 1, "b": 2}} if await can(ratchet, Ability.INPUT) else {}
    draft = NewSchedule(
        task_id=task.id, name=f"s-{task.id}", cron_expression="0 9 * * MON-FRI", enabled=False, **given
    )
    schedule = await ratchet.schedules.create(draft)
    assert schedule.cron_expression == "0 0 9 * * MON-FRI"
    assert (schedule.enabled, schedule.next_run) == (False, None)
    page = await ratchet.schedules.page(ScheduleQuery(task=task.id))
    assert [row.id for row in page.rows] == [schedule.id]
    assert (await ratchet.schedules.enable(schedule.id)).next_run is not None
    if await can(ratchet, Ability.CHANGE_SCHEDULE):
        renamed = await ratchet.schedules.change(schedule.id, ScheduleChange(name="other"))
        assert renamed.name == "other"
    else:
        with pytest.raises(NotApplied, match="create it anew"):
            await ratchet.schedules.change(schedule.id, ScheduleChange(name="other"))
    job = await ratchet.schedules.trigger(schedule.id)
    assert job.task_id == task.id
    if await can(ratchet, Ability.SCHEDULE_OPTIONS):
        other = await ratchet.schedules.trigger(schedule.id, ScheduleTrigger(input={"a": 3, "b": 4}))
        assert (await ratchet.jobs.get(other.id)).input == {"a": 3, "b": 4}
        queued = (await ratchet.jobs.page(JobQuery(schedule=schedule.id))).rows
        assert {row.id for row in queued} == {job.id, other.id}
    assert not (await ratchet.schedules.disable(schedule.id)).enabled
    assert [
        row.id for row in (await ratchet.schedules.page(ScheduleQuery(enabled=False, task=task.id))).rows
    ] == [schedule.id]
    with suppress(Conflict):  # it may have been worked on by now
        await ratchet.jobs.cancel(job.id)
    await ratchet.schedules.delete(schedule.id)
    with pytest.raises(NotFound):
        await ratchet.schedules.get(schedule.id)
    with pytest.raises(Refused) as refused:
        await ratchet.schedules.create(draft.model_copy(update={"cron_expression": "whenever"}))
    assert list(refused.value.fields) == ["cronExpression"]


async def test_a_job_waits_is_cancelled_and_queued_again(ratchet: Ratchet) -> None:
    task = await new_task(ratchet)
    blocker = None
    if not await is_native(ratchet):
        spin = NewExecution(task_id=(await new_task(ratchet, SPIN)).id, input={})
        blocker = await ratchet.executions.create(spin)
    job = await ratchet.jobs.create(
        NewJob(task_id=task.id, input={"a": 1, "b": 2}, priority=JobPriority.HIGH)
    )
    assert (job.status, job.priority) == (JobStatus.QUEUED, JobPriority.HIGH)
    assert (await ratchet.jobs.cancel(job.id)).status is JobStatus.CANCELLED
    with pytest.raises(Conflict):
        await ratchet.jobs.cancel(job.id)
    assert (await ratchet.jobs.retry(job.id)).status in (JobStatus.QUEUED, JobStatus.RETRYING)
    page = await ratchet.jobs.page(JobQuery(task=task.id))
    assert [row.id for row in page.rows] == [job.id]
    if blocker:
        assert (await ratchet.executions.cancel(blocker.id)).status is ExecutionStatus.CANCELLED


async def test_a_run_with_its_log(streaming: Ratchet) -> None:
    task = await new_task(streaming, input_schema=NUMBERS)
    execution = await streaming.executions.create(NewExecution(task_id=task.id, input={"a": 1, "b": 2}))
    async with streaming.executions.logs.follow(execution.id) as pages:
        found = [page async for page in pages]
    assert [line.text for page in found for line in page.lines] == ["adding"]
    assert found[-1].done
    done = await streaming.executions.get(execution.id)
    assert (done.status, done.output) == (ExecutionStatus.COMPLETED, {"sum": 3})
    page = await streaming.executions.logs.page(execution.id, tail=10)
    assert (len(page.lines), page.total, page.done) == (1, 1, True)
    with pytest.raises(Conflict):
        await streaming.executions.retry(execution.id)


async def test_a_failed_run_is_retried_with_another_input(streaming: Ratchet) -> None:
    task = await new_task(streaming, "function main(i) { if (i.bad) throw new Error('bad'); return i }")
    failed = await streaming.executions.create(NewExecution(task_id=task.id, input={"bad": True}))
    await ended(streaming, failed.id)
    assert (await streaming.executions.get(failed.id)).status is ExecutionStatus.FAILED
    again = await streaming.executions.retry(failed.id, input={"bad": False})
    assert again.retry_of == failed.id
    await ended(streaming, again.id)
    page = await streaming.executions.page(ExecutionQuery(task=task.id, sort="queued_at"))
    assert [row.status for row in page.rows] == [ExecutionStatus.FAILED, ExecutionStatus.COMPLETED]


async def test_a_failed_run_is_retried_as_the_version_that_failed(streaming: Ratchet) -> None:
    task = await new_task(streaming, "function main() { throw new Error('first') }")
    failed = await streaming.executions.create(NewExecution(task_id=task.id, input={}))
    await ended(streaming, failed.id)
    await streaming.tasks.change(task.id, TaskChange(source_code=ADD))
    again = await streaming.executions.retry(failed.id, revision=1)
    await ended(streaming, again.id)
    assert (await streaming.executions.get(again.id)).error_message == "Error: first"


async def test_an_execution_without_what_is_long_and_that_alone(ratchet: Ratchet) -> None:
    text = "x" * 70_000
    task = await new_task(ratchet)
    execution = await ratchet.executions.create(NewExecution(task_id=task.id, input={"text": text}))
    if await is_native(ratchet):
        return
    head = await ratchet.executions.head(execution.id)
    assert (head.input, head.left_out) == (None, {"input": 70_011})
    payload = await ratchet.executions.payload(execution.id, "input")
    assert json.loads(payload) == {"text": text}
    with pytest.raises(NotFound):
        await ratchet.executions.payload("999999", "output")


async def test_events_announce_changes_and_can_be_resumed(streaming: Ratchet) -> None:
    async with streaming.monitoring.events() as changes:
        task = await new_task(streaming)
        first = await change_of(task, changes)
        await streaming.tasks.disable(task.id)
        second = await change_of(task, changes)
    assert (first.resource, first.kind, second.kind) == ("tasks", "created", "updated")
    async with streaming.monitoring.events(first.event_id) as changes:
        assert await change_of(task, changes) == second
    async with streaming.monitoring.events("elsewhere-7") as changes:
        assert not isinstance(await anext(changes), Change)


async def change_of(task: Task, changes: AsyncIterator[object]) -> Change:
    """Return the next change of this task: others may be told of in between."""
    async for change in changes:
        if isinstance(change, Change) and change.id == task.id:
            return change
    raise AssertionError("the stream ended")


async def test_nobody_there_is_unreachable(tmp_path: Path) -> None:
    async with Ratchet(Process(tmp_path).url, timeout_s=1) as ratchet:
        with pytest.raises(Unreachable, match="refused the connection"):
            await ratchet.tasks.get("1")
