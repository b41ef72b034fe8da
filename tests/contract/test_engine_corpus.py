"""A corpus of hostile tasks: each ends with a clear error, or does no harm, and leaves a healthy engine."""

import json
import re

import pytest
import pytest_asyncio

from ratchet_web.server.engine.pool import Pool
from ratchet_web.settings import Settings
from tests.contract.engine_corpus import CORPUS, TIME
from tests.support.engine_listener import Heard, work

pytestmark = pytest.mark.asyncio(loop_scope="module")

CLEAN = """function main() {
  const native = [JSON.stringify, JSON.parse, Promise.prototype.then, Array.prototype.push, Atomics.load,
    Object.defineProperty, Function.prototype.call, Array.prototype[Symbol.iterator], Map.prototype.get];
  return [typeof left, typeof [].left, typeof (() => {}).left, [...[1, 2]].length, JSON.stringify({ a: [1] }),
    native.every((f) => Function.prototype.toString.call(f).includes("[native code]")),
    Object.keys(globalThis).filter((name) => name.startsWith("left")).length];
}"""
CLEANED = ["undefined", "undefined", "undefined", 2, '{"a":[1]}', True, 0]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pool():
    chosen = {"task_output_bytes": 10_000, "task_log_lines": 2_000, "task_log_bytes": 300_000}
    pool = Pool(1, Settings(**chosen))
    await pool.start()
    yield pool
    await pool.stop()


@pytest.mark.parametrize("case", CORPUS, ids=[case.name for case in CORPUS])
async def test_a_hostile_task_ends_clearly_and_leaves_nothing(pool, case):
    heard = Heard()
    source = f"{case.before}\nasync function main(input) {{ {case.body}\n}}"
    timed = TIME in case.error
    outcome = await pool.run(work(source, timeout_s=0.4 if timed else 60), heard)
    if outcome.kind == "completed":
        assert (outcome.output_json, case.output) == (case.output, outcome.output_json)
    else:
        assert outcome.kind == "failed"
        assert case.error, outcome.error
        assert re.match(case.error, f"{outcome.error.name}: {outcome.error.message}"), outcome.error
    assert len(heard.texts) <= 2_000
    assert sum(map(len, heard.texts)) <= 300_000
    assert all("\ud800" not in text and 0 <= value <= 1 for text in heard.texts for value, _ in heard.steps)
    following = await pool.run(work(CLEAN), Heard())
    assert json.loads(following.output_json) == CLEANED
    assert pool.live == 1


async def test_what_is_cut_of_a_log_is_said_in_it(pool):
    heard = Heard()
    await pool.run(
        work("function main() { for (let i = 0; i < 200; i++) console.log('é'.repeat(1000)); }"), heard
    )
    level, text, _, source = heard.lines[-1]
    assert (level, source, len(heard.texts)) == ("warn", "system", 150)
    assert text == (
        "50 more lines (50,000 characters) were dropped: only the first 2,000 lines and 300,000 "
        "bytes are kept"
    )
