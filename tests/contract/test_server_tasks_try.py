"""`POST /tasks/try`: a draft runs, tells what it does, and leaves nothing behind."""

import asyncio

import pytest
import pytest_asyncio

from ratchet_web.api import Limited, Ratchet, Refused
from ratchet_web.models.executions import ExecutionQuery
from ratchet_web.models.jobs import JobQuery
from ratchet_web.models.tasks import TaskQuery, TaskTrial
from tests.support.server import asked_on_port

pytestmark = pytest.mark.asyncio(loop_scope="module")

ENDLESS = "function main() { console.log('round'); while (true) {} }"
NUMBER = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ratchet(tmp_path_factory):
    async with (
        asked_on_port(tmp_path_factory.mktemp("data"), RATCHET_WORKERS="1") as (_, api),
        Ratchet(str(api.client.base_url)) as client,
    ):
        yield client


async def told(ratchet: Ratchet, source: str, value=None, **schemas):
    """Return the lines, the progress and the end of a trial."""
    lines, steps, end = [], [], None
    async with ratchet.tasks.try_out(TaskTrial(source_code=source, input=value, **schemas)) as news:
        async for each in news:
            lines += [(line.seq, line.level, line.text) for line in each.lines]
            steps += [] if each.progress is None else [(each.progress, each.note)]
            end = each.end or end
    assert end is not None
    return lines, steps, end


async def test_a_draft_runs_and_tells_what_it_does_and_nothing_of_it_is_kept(ratchet):
    before = (await ratchet.tasks.page(TaskQuery())).total
    source = """async function main(input) {
      console.log("a", input.a);
      progress(0.5, "half");
      await sleep(20);
      console.error("b");
      return { twice: 2 * input.a };
    }"""
    lines, steps, end = await told(ratchet, source, {"a": 2}, input_schema=NUMBER)
    assert lines == [(1, "info", "a 2"), (2, "error", "b")]
    assert (0.5, "half") in steps
    assert (end.status, end.output, end.error_message) == ("COMPLETED", {"twice": 4}, None)
    assert (await ratchet.tasks.page(TaskQuery())).total == before
    assert (await ratchet.executions.page(ExecutionQuery())).total == 0
    assert (await ratchet.jobs.page(JobQuery())).total == 0
    assert (await ratchet.executions.stats()).total_executions == 0


async def test_a_draft_that_prints_much_loses_no_line(ratchet):
    source = "function main() { for (let i = 0; i < 3000; i++) console.log(i, 'x'.repeat(2000)) }"
    lines, _, end = await told(ratchet, source)
    assert end.status == "COMPLETED"
    assert [seq for seq, _, _ in lines] == list(range(1, 3001))
    assert all(text.startswith(f"{seq - 1} x") for seq, _, text in lines)


async def test_a_draft_that_fails_names_its_line(ratchet):
    _, _, end = await told(ratchet, "function main() {\n  throw new DataError('no');\n}")
    assert (end.status, end.error_message) == ("FAILED", "DataError: no")
    assert (end.error_details["line"], end.error_details["column"]) == (2, 9)
    _, _, broken = await told(ratchet, "function main( {")
    assert broken.error_details["line"] == 1
    _, _, output = await told(ratchet, "function main() { return 7 }", output_schema={"type": "string"})
    assert output.error_message == "OutputError: output must be of type string, not a number"
    assert output.output == 7


async def test_what_does_not_fit_is_refused_before_anything_runs(ratchet):
    for draft, field in (
        (TaskTrial(source_code="x", input={}, input_schema=NUMBER), "input.a"),
        (TaskTrial(source_code="x", output_schema={"type": "objekt"}), "outputSchema.type"),
    ):
        with pytest.raises(Refused) as refused:
            async with ratchet.tasks.try_out(draft):
                pass
        assert list(refused.value.fields) == [field]


async def test_two_drafts_run_at_once_beside_the_queue_and_whoever_leaves_ends_his(ratchet):
    draft = TaskTrial(source_code=ENDLESS)
    async with ratchet.tasks.try_out(draft) as one, ratchet.tasks.try_out(draft) as other:
        for news in (one, other):
            async for each in news:
                if each.lines:
                    break
        with pytest.raises(Limited) as limited:
            async with ratchet.tasks.try_out(draft):
                pass
        assert limited.value.retry_after_s
    # Both have left: there is room again, as soon as the server has noticed.
    async with asyncio.timeout(10):
        while True:
            try:
                _, _, end = await told(ratchet, "function main() { return 1 }")
            except Limited:
                await asyncio.sleep(0.05)
            else:
                break
    assert end.output == 1


async def test_of_drafts_that_come_at_once_two_run_and_the_others_are_refused(ratchet):
    running = most = 0

    async def one() -> bool:
        nonlocal running, most
        source = "async function main() { console.log('in'); await sleep(1000); }"
        try:
            async with ratchet.tasks.try_out(TaskTrial(source_code=source)) as news:
                async for each in news:
                    running += sum(line.text == "in" for line in each.lines)
                    most = max(most, running)
                    if each.end:
                        running -= 1
        except Limited:
            return False
        return True

    ran = await asyncio.gather(*(one() for _ in range(6)))
    assert (sorted(ran), most, running) == ([False] * 4 + [True] * 2, 2, 0)
    assert (await told(ratchet, "function main() { return 1 }"))[2].output == 1
