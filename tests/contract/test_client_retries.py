"""A retry of what was retried meanwhile: pages that are behind act once, whatever is pressed."""

import asyncio

import pytest

from ratchet_web.api import Conflict, Ratchet
from ratchet_web.models.executions import ExecutionStatus, NewExecution
from ratchet_web.models.tasks import NewTask
from tests.support.server import eventually, transport


@pytest.fixture
async def ratchet(tmp_path):
    async with (
        transport(tmp_path, workers=1) as reached,
        Ratchet("http://127.0.0.1", transport=reached) as client,
    ):
        yield client


async def failed(ratchet):
    draft = NewTask(name="fails", source_code="function main() { throw new Error('no') }")
    task = await ratchet.tasks.create(draft)
    execution = await ratchet.executions.create(NewExecution(task_id=task.id, input={}))
    return await over(ratchet, execution.id)


async def over(ratchet, id):
    return await eventually(
        lambda: ratchet.executions.get(id), lambda row: row.status is ExecutionStatus.FAILED
    )


async def test_a_page_that_does_not_know_of_a_retry_acts_not_at_all(ratchet):
    first = await failed(ratchet)
    again = await ratchet.executions.retry(first.id, seen="")
    await over(ratchet, again.id)
    with pytest.raises(Conflict, match=f"retried meanwhile, as execution {again.id}"):
        await ratchet.executions.retry(first.id, seen="")
    third = await ratchet.executions.retry(first.id, seen=again.id)
    assert third.retry_of == first.id


async def test_of_two_presses_at_once_one_acts(ratchet):
    first = await failed(ratchet)
    answers = await asyncio.gather(
        *(ratchet.executions.retry(first.id, seen="") for _ in range(4)), return_exceptions=True
    )
    assert len([answer for answer in answers if isinstance(answer, Conflict)]) == 3


async def test_of_presses_that_come_one_by_one_the_first_acts_however_short_its_run(ratchet):
    first = await failed(ratchet)
    again = await ratchet.executions.retry(first.id, seen="")
    await over(ratchet, again.id)
    # Had each looked before it acted, all of them would have seen what they expect.
    answers = await asyncio.gather(
        *(ratchet.executions.retry(first.id, seen=again.id) for _ in range(8)), return_exceptions=True
    )
    assert len([answer for answer in answers if isinstance(answer, Conflict)]) == 7
