"""Each hostile task ends as a failure that names the cause; the next task in the pool is not disturbed."""

import asyncio
import time

import pytest
import pytest_asyncio

from ratchet_web.server.engine.pool import Pool
from ratchet_web.settings import Settings
from tests.support.engine_listener import Heard, work

pytestmark = pytest.mark.asyncio(loop_scope="module")

# Much less than for ever; the machine may do other things as well.
SOON_S = 8.0

FILLS_HEAP = "const a = []; for (;;) { a.push(new Array(1e4).fill(1.5)); %s }"
OF_NULL = "Cannot read properties of null"
TOO_LARGE = "The output is larger than 10000 bytes (limit)"
FILLS_BUFFERS = "const a = []; for (;;) a.push(new Uint8Array(5e7).fill(1));"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pool():
    pool = Pool(1, Settings(task_output_bytes=10_000))
    await pool.start()
    yield pool
    await pool.stop()


async def fails(pool: Pool, source: str, **limits: float):
    outcome = await pool.run(work(source, **limits), Heard())
    assert outcome.kind == "failed"
    assert outcome.output_json is None
    following = await pool.run(work("function main() { return 7; }"), Heard())
    assert following.output_json == "7"
    return outcome.error


@pytest.mark.parametrize(
    ("source", "name", "message", "line", "column"),
    [
        ("function main() {\n  return 1 +;\n}", "SyntaxError", "Unexpected token ';'", 2, 13),
        ("function main() {\n", "SyntaxError", "Unexpected end of input", 2, 1),
        ("const a = `never closed", "SyntaxError", "Unexpected end of input", 1, 24),
        ("let main = 5", "ReferenceError", "The task defines no function main(input)", None, None),
        ("\nthrow new RangeError('while loading')", "RangeError", "while loading", 2, 7),
        ("function main() {\n\n  null.x\n}", "TypeError", f"{OF_NULL} (reading 'x')", 3, 8),
        ("async function main() {\n  await 1;\n  throw new DataError('no');\n}", "DataError", "no", 3, 9),
        ("function main() { throw 'text'; }", "Error", "text", None, None),
        ("function main() { throw { code: 5 }; }", "Error", '{"code":5}', None, None),
        ("function main() { throw undefined; }", "Error", "undefined", None, None),
        ("async function main() {\n  setTimeout(() => {\n    none();\n  }, 1);\n  await sleep(9e5);\n}",
         "ReferenceError", "none is not defined", 3, 5),
        ("function main() { return 1n; }", "OutputError", "main returned a BigInt, which is not JSON", 1, 1),
        ("\n  const main = () => main;", "OutputError", "main returned a function, which is not JSON", 2, 16),
        ("function main() { return { n: 1n }; }", "OutputError",
         "main returned something that is not JSON: Do not know how to serialize a BigInt", 1, 1),
        ("function main() { return 'x'.repeat(1e5); }", "OutputError", TOO_LARGE, 1, 1),
        ("function main() { return 'ü'.repeat(9e3); }", "OutputError", TOO_LARGE, None, None),
    ],
)  # fmt: skip
async def test_an_error_names_cause_and_line(pool, source, name, message, line, column):
    error = await fails(pool, source)
    assert (error.name, error.message, error.line, error.column) == (name, message, line, column)


async def test_a_cycle_in_the_output_is_explained(pool):
    error = await fails(pool, "function main() { const a = {}; a.self = a; return a; }")
    assert error.message.startswith("main returned something that is not JSON: Converting circular structure")
    assert "property 'self' closes the circle" in error.message


async def test_endless_recursion_is_an_error_of_the_task(pool):
    error = await fails(pool, "function f() { return 1 + f(); }\nfunction main() { return f(); }")
    assert (error.name, error.message, error.line) == ("RangeError", "Maximum call stack size exceeded", 1)


@pytest.mark.parametrize(
    "body",
    [
        "for (;;);",
        "await null; for (;;);",
        "for (;;) await null;",
        "await sleep(5); for (;;);",
        "await sleep(1e9);",
        "await new Promise(() => {});",
        "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);",
        "for (;;) console.log('again');",
        "const e = new Error(); Object.defineProperty(e, 'name', { get() { for (;;); } }); throw e;",
        "/^(a+)+$/.test('a'.repeat(60) + 'b');",
    ],
)
async def test_a_task_that_never_returns_meets_its_time_limit(pool, body):
    began = time.monotonic()
    error = await fails(pool, f"async function main() {{ {body} }}", timeout_s=0.3)
    assert (error.name, error.message) == ("TimeLimitError", "Ran longer than 0.3 s (limit)")
    assert time.monotonic() - began < SOON_S


async def test_the_time_limit_covers_loading(pool):
    error = await fails(pool, "for (;;);", timeout_s=0.3)
    assert error.message == "Ran longer than 0.3 s (limit)"


@pytest.mark.parametrize("pause", ["", "await null;", "await sleep(0);"])
async def test_a_task_that_fills_the_heap_meets_its_memory_limit(pool, pause):
    error = await fails(pool, f"async function main() {{ {FILLS_HEAP % pause} }}")
    assert (error.name, error.message) == ("MemoryLimitError", "Used more than 64 MB of memory (limit)")


async def test_array_buffers_and_webassembly_are_limited_too(pool):
    error = await fails(pool, f"function main() {{\n  {FILLS_BUFFERS}\n}}")
    assert (error.message, error.line) == ("Array buffer allocation failed", 2)
    error = await fails(
        pool,
        "function main() { const a = []; for (;;) a.push(new WebAssembly.Memory({ initial: 1600 })); }",
    )
    assert "could not allocate memory" in error.message


async def test_heap_that_cannot_grow_is_a_memory_error_not_a_hang(pool):
    some_buffers = "const held = [1, 2, 3, 4].map(() => new Uint8Array(5e7).fill(1));"
    error = await fails(pool, f"function main() {{ {some_buffers} {FILLS_HEAP % ''} }}")
    assert error.name in ("MemoryLimitError", "RangeError")


async def test_a_task_that_redefines_everything_harms_only_itself(pool):
    source = """
    JSON.stringify = JSON.parse = () => "x"; Promise.prototype.then = null; Array.prototype.map = null;
    Object.prototype.toJSON = () => "hijacked"; String.prototype.charCodeAt = () => 0; Date.now = () => 0;
    Atomics.store = Atomics.load = () => 0; Math.min = Math.max = () => NaN;
    function main() { console.log("still here"); progress(0.5); return 5; }"""
    heard = Heard()
    outcome = await pool.run(work(source), heard)
    assert (outcome.output_json, heard.texts, heard.steps) == ("5", ["still here"], [(0.5, None)])
    assert heard.lines[0][2] > 1e12


STATES = {
    "endless loop": "for (;;);",
    "loop after a timer": "await sleep(1); for (;;);",
    "waiting on sleep": "await sleep(1e9);",
    "waiting for ever": "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);",
    "full ring": "for (;;) progress(0.5, 'x'.repeat(1000));",
}


@pytest.mark.parametrize("body", STATES.values(), ids=STATES.keys())
async def test_cancel_stops_soon_in_every_state(pool, body):
    heard = Heard()
    item = work(f"async function main() {{ console.log('now'); {body} }}", timeout_s=60)
    running = asyncio.create_task(pool.run(item, heard))
    await heard.spoke.wait()
    began = time.monotonic()
    assert await pool.cancel(item.execution_id)
    outcome = await running
    assert time.monotonic() - began < SOON_S
    assert outcome.kind == "cancelled"
    await pool.wait_free()
    assert time.monotonic() - began < SOON_S
    assert not await pool.cancel(item.execution_id)


async def test_work_that_still_waits_for_a_worker_can_be_cancelled(pool):
    first, second = work("async function main() { await sleep(1e9); }"), work("function main() {}")
    heard = Heard()
    running = asyncio.create_task(pool.run(first, heard))
    await heard.begun.wait()
    assert pool.free == 0
    waiting = asyncio.create_task(pool.run(second, Heard()))
    await asyncio.sleep(0)
    assert await pool.cancel(second.execution_id)
    assert (await waiting).kind == "cancelled"
    assert await pool.cancel(first.execution_id)
    assert (await running).kind == "cancelled"


async def test_a_cancelled_caller_leaves_no_work_behind(pool):
    heard = Heard()
    running = asyncio.create_task(pool.run(work("function main() { for (;;); }"), heard))
    await heard.begun.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert (await pool.run(work("function main() { return 2; }"), Heard())).output_json == "2"


async def test_an_output_cannot_smuggle_text_that_is_no_json(pool):
    source = "function main() { return { x: JSON.rawJSON('1'.repeat(5000)) }; }"
    assert "rawJSON is not a function" in (await fails(pool, source)).message


async def test_a_task_cannot_make_room_for_more_fetches_than_allowed(pool):
    source = """async function main() {
      for (let i = 0; i < 50; i++) __ratchet.answer(-1, true, "", "");
      return "fine";
    }"""
    outcome = await pool.run(work(source), Heard())
    assert outcome.output_json == '"fine"'
