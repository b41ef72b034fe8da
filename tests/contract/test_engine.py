"""What the engine promises, with real workers."""

import asyncio
import gc
import json
import time

import pytest
import pytest_asyncio

from ratchet_web.server.engine.handle import Handle
from ratchet_web.server.engine.pool import Pool
from ratchet_web.server.engine.work import Outcome
from ratchet_web.settings import Settings
from tests.support.engine_listener import Heard, work

pytestmark = pytest.mark.asyncio(loop_scope="module")

LINES = 100_000
# Much less than for ever; the machine may do other things as well.
SOON_S = 8.0


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pool():
    pool = Pool(2, Settings(task_log_lines=LINES, task_log_line_chars=200, task_output_bytes=10_000))
    await pool.start()
    yield pool
    await pool.stop()


async def run(pool: Pool, source: str, value: object = None, **limits: object) -> Outcome:
    return await pool.run(work(source, value, **limits), Heard())


@pytest.mark.parametrize(
    "source",
    [
        "function main(input, context) { return [input, context.attempt]; }",
        "const main = async (input, context) => [input, context.attempt];",
        "module.exports = (input, context) => [input, context.attempt];",
        "exports.main = async function (input, context) { return [input, context.attempt]; };",
        "(function (input, context) { return [input, context.attempt]; })",
        "const one = 1;\n(async (input, { attempt }) => [input, attempt * one]);",
    ],
)
async def test_a_task_may_be_written_in_each_of_these_ways(pool, source):
    outcome = await run(pool, source, {"a": "ü\u2028"})
    assert outcome.kind == "completed"
    assert json.loads(outcome.output_json) == [{"a": "ü\u2028"}, 1]


async def test_nothing_returned_counts_as_null(pool):
    assert (await run(pool, "function main() {}")).output_json == "null"


async def test_no_task_sees_what_another_one_left(pool):
    await run(pool, "globalThis.left = 1; Array.prototype.left = 1; function main() {}")
    outcome = await run(pool, "function main() { return [typeof left, typeof [].left]; }")
    assert json.loads(outcome.output_json) == ["undefined", "undefined"]


async def test_a_task_has_its_own_limits_whatever_those_of_the_one_before():
    pool = Pool(1, Settings())
    await pool.start()
    try:
        fills = "function main() { const all = []; for (let i = 0; i < 12e6; i++) all.push(i); }"
        kinds = [(await run(pool, fills, memory_mb=mb)).kind for mb in (300, 16, 300)]
    finally:
        await pool.stop()
    assert kinds == ["completed", "failed", "completed"]


async def test_a_task_reaches_nothing_of_the_machine(pool):
    names = "process require Deno fs module.constructor.prototype.require __timer_manager"
    source = f"function main() {{ return [{','.join(f'typeof {name}' for name in names.split())}]; }}"
    assert set(json.loads((await run(pool, source)).output_json)) == {"undefined"}


async def test_workers_throw_their_own_dice(pool):
    outcomes = [await run(pool, "function main() { return Math.random(); }") for _ in range(4)]
    assert len({outcome.output_json for outcome in outcomes}) == 4


async def test_the_ten_error_classes_exist(pool):
    source = """
    const kinds = [AuthenticationError, AuthorizationError, NetworkError, ValidationError, ConfigurationError,
      RateLimitError, ServiceUnavailableError, TimeoutError, DataError];
    function main() {
      const made = kinds.map((Kind) => new Kind("why"));
      const http = new HttpError(503, "busy");
      const right = made.every((e) => e instanceof Error && e.message === "why");
      return [right, made.map((e) => e.name), http.name, http.status];
    }"""
    right, names, http, status = json.loads((await run(pool, source)).output_json)
    assert (right, len(set(names)), http, status) == (True, 9, "HttpError", 503)


async def test_progress_is_held_between_0_and_1_and_nonsense_is_only_remarked(pool):
    heard = Heard()
    source = """async function main() {
      progress(0.25, "begun"); await sleep(60); progress(7); await sleep(60); progress("x"); }"""
    outcome = await pool.run(work(source), heard)
    assert outcome.kind == "completed"
    assert heard.steps == [(0.25, "begun"), (1, None)]
    assert heard.lines[0][:2] == ("warn", "progress(x) ignored: a number from 0 to 1 is needed")


async def test_lines_have_level_time_and_the_text_of_any_value(pool):
    heard = Heard()
    source = """function main() {
      const ring = { name: "ring" }; ring.self = ring;
      console.log("text", 1, null, undefined, { a: [1n] });
      console.info(ring);
      console.warn(new Map([[1, 2]]));
      console.error(new TypeError("bad"));
      console.debug(Symbol("s"), main, Object.create(null), "\\ud800"); }"""
    before = time.time() * 1000
    await pool.run(work(source), heard)
    assert [level for level, *_ in heard.lines] == ["info", "info", "warn", "error", "debug"]
    assert heard.texts[0] == 'text 1 null undefined {"a":["1n"]}'
    assert heard.texts[1] == '{"name":"ring","self":"[Circular]"}'
    assert heard.texts[3] == "TypeError: bad\n    at main (task.js:6:21)"
    assert heard.texts[4] == "Symbol(s) [Function main] {} \ufffd"
    assert all(before - 1 <= time_ms <= time.time() * 1000 + 1 for _, _, time_ms, _ in heard.lines)
    assert heard.worker in ("worker-1", "worker-2")


async def test_lines_arrive_while_a_loop_spins(pool):
    heard = Heard()
    item = work("function main() { console.log('one'); for (;;); }")
    running = asyncio.create_task(pool.run(item, heard))
    async with asyncio.timeout(2):
        await heard.spoke.wait()
    assert not running.done()
    await pool.cancel(item.execution_id)
    await running


async def test_a_hundred_thousand_lines_come_through_in_order(pool):
    heard = Heard()
    source = f"function main() {{ for (let i = 0; i < {LINES}; i++) console.log('line', i); }}"
    outcome = await pool.run(work(source), heard)
    assert outcome.kind == "completed"
    assert heard.texts == [f"line {i}" for i in range(LINES)]


async def test_lines_beyond_the_limit_are_counted_and_a_last_one_says_so(pool):
    heard = Heard()
    source = f"function main() {{ for (let i = 0; i < {LINES + 1234}; i++) console.log(i); }}"
    await pool.run(work(source), heard)
    assert len(heard.texts) == LINES
    level, text, _, origin = heard.lines[-1]
    assert (level, origin) == ("warn", "system")
    dropped = "1,234 more lines (7,404 characters) were dropped"
    assert text == f"{dropped}: only the first 100,000 lines and 20,000,000 bytes are kept"


async def test_a_long_line_is_cut(pool):
    heard = Heard()
    await pool.run(work("function main() { console.log('x'.repeat(1000)); }"), heard)
    assert heard.texts == ["x" * 200 + " … [800 more characters]"]


async def test_an_endless_timer_left_behind_holds_nobody_up(pool):
    outcome = await run(pool, "function main() { setTimeout(() => { for (;;); }, 0); return 1; }")
    assert outcome.output_json == "1"
    assert (await run(pool, "function main() { return 2; }")).output_json == "2"


async def test_timers_run_in_order_can_be_cleared_and_repeat(pool):
    source = """async function main() {
      const seen = [];
      setTimeout(() => seen.push("later"), 40); setTimeout(() => seen.push("soon"), 0);
      clearTimeout(setTimeout(() => seen.push("never"), 10));
      let beats = 0;
      await new Promise((done) => { const id = setInterval(() => {
        if (++beats === 3) { clearInterval(id); done(); } }, 5); });
      await sleep(60);
      return [...seen, beats]; }"""
    assert json.loads((await run(pool, source)).output_json) == ["soon", "later", 3]


async def test_both_workers_work_at_the_same_time(pool):
    both = [Heard(), Heard()]
    items = [work("async function main() { console.log('here'); await sleep(1e9); }") for _ in both]
    running = [asyncio.create_task(pool.run(item, heard)) for item, heard in zip(items, both, strict=True)]
    # Neither ends: both speak only if neither waits for the other.
    await asyncio.gather(*(heard.spoke.wait() for heard in both))
    for item in items:
        assert await pool.cancel(item.execution_id)
    assert [outcome.kind for outcome in await asyncio.gather(*running)] == ["cancelled", "cancelled"]


async def test_an_error_of_the_listener_ends_the_run_and_the_pool_goes_on(pool):
    class Broken(Heard):
        def line(self, *_: object) -> None:
            raise LookupError("no such execution")

    with pytest.raises(LookupError):
        await pool.run(work("function main() { console.log(1); for (;;); }"), Broken())
    assert (await run(pool, "function main() { return 2; }")).output_json == "2"


@pytest.mark.parametrize(
    ("source", "message", "line", "column"),
    [
        ("function main() {\n  const a = ;\n}", "SyntaxError: Unexpected token ';'", 2, 13),
        ("\nnull.x", "TypeError: Cannot read properties of null (reading 'x')", 2, 6),
        ("var x = 1", "The task defines no function main(input)", None, None),
        ("", "The task defines no function main(input)", None, None),
        (
            "for (;;);",
            "Loading it takes longer than 1 s: is there an endless loop outside of main?",
            None,
            None,
        ),
    ],
)
async def test_a_check_says_what_is_wrong_and_where(pool, source, message, line, column):
    began = time.monotonic()
    [problem] = await pool.check(source)
    assert (problem.field, problem.message) == ("sourceCode", message)
    assert (problem.line, problem.column) == (line, column)
    assert time.monotonic() - began < SOON_S


async def test_a_check_neither_runs_main_nor_takes_a_worker(pool):
    both = [work("async function main() { await sleep(5000); }") for _ in range(2)]
    heard = [Heard(), Heard()]
    running = [asyncio.create_task(pool.run(item, ear)) for item, ear in zip(both, heard, strict=True)]
    await asyncio.gather(*(ear.begun.wait() for ear in heard))
    assert await pool.check("async function main() { for (;;); }") == []
    for item in both:
        await pool.cancel(item.execution_id)
    await asyncio.gather(*running)


@pytest.mark.parametrize("leaves", [False, True])
async def test_a_trial_that_never_begins_leaves_no_error_behind(pool, monkeypatch, leaves):
    waits, unheard = asyncio.Event(), []

    async def begun(_: Handle) -> None:
        waits.set()
        if not leaves:
            raise ConnectionError
        await asyncio.Event().wait()

    monkeypatch.setattr(Handle, "begun", begun)
    loop = asyncio.get_running_loop()
    before = loop.get_exception_handler()
    loop.set_exception_handler(lambda _, context: unheard.append(context["message"]))
    try:
        trial = asyncio.create_task(pool.try_out(work("function main() {}"), Heard()))
        await waits.wait()
        if leaves:
            trial.cancel()
        (ended,) = await asyncio.gather(trial, return_exceptions=True)
        del trial
        gc.collect()
        await asyncio.sleep(0)
    finally:
        loop.set_exception_handler(before)
    assert isinstance(ended, asyncio.CancelledError if leaves else Outcome)
    assert not unheard
