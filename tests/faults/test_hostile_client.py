"""The client against a server that lies in every way: only its own errors come out, and they say why."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import pytest
import pytest_asyncio

from ratchet_web.api import Ratchet
from ratchet_web.api.retry import RetryPolicy
from ratchet_web.models.dialect import Dialect
from ratchet_web.models.monitoring import Capabilities
from tests.doubles import mischief_http
from tests.doubles.hostile import Case, Hostile, hostile
from tests.doubles.mischief import KINDS
from tests.faults.hostile_calls import CALLS, outcome

TIMEOUT_S = 5.0
SHORT_S = 0.3
SLACK_S = 2.0
TOOK = "it took"
TRUTHS = ("contract", "native")
# They may go on for ever, as long as something is heard now and then.
STREAMS = ("events", "logs.follow")
# The first question of a client is who answers.
PROBED = ("schedules.page",)
AT_ONCE = 16
# This process holds both ends: what is sent, and what is made of it.
MOST_MB = 400
EVERYTHING = Capabilities(
    events=True, log_follow=True, log_search=True, source_code=True, task_check=True, bulk=True
)
CONTRACT = Dialect(capabilities=EVERYTHING)
_numbers = count(1)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def server() -> AsyncIterator[Hostile]:
    async with hostile() as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def elsewhere() -> AsyncIterator[Hostile]:
    """Another host, to which redirects point."""
    async with hostile() as running:
        before, mischief_http.ELSEWHERE = mischief_http.ELSEWHERE, f"{running.url}/"
        yield running
        mischief_http.ELSEWHERE = before


@asynccontextmanager
async def client(server: Hostile, case: Case, *, settled: bool, slow: bool = False) -> AsyncIterator[Ratchet]:
    """A client whose server is hostile as `case` says, from the first question on unless `settled`."""
    number = str(next(_numbers))
    server.cases[number] = case
    dialect = _dialect(case.truth) if settled else None
    retry = RetryPolicy(tries=1 if slow else 2, base_s=0.001, cap_s=0.002)
    async with Ratchet(
        f"{server.url}/c{number}/api/v1",
        token="secret",
        timeout_s=SHORT_S if slow else TIMEOUT_S,
        retry=retry,
        dialect=dialect,
    ) as api:
        yield api


def _dialect(truth: str) -> Dialect:
    # Not limited, as the native server would be: its budget would refuse what is to be tested.
    return CONTRACT if truth == "contract" else Dialect(tongue="native", graphql=True)


def _cases(truth: str, rounds: int) -> list[tuple[str, Case]]:
    """Return calls with the cases that they meet: with twenty rounds each meets each kind, else some do."""
    kinds = [kind for kind in KINDS if not (kind.slow or kind.heavy)]
    every = [(call, Case(kind.name, truth)) for kind in kinds for call in CALLS]
    # Neighbours are alike: the share is spread evenly, and another one for each dialect.
    step = max(1.0, 24 / rounds)
    first = 0 if truth == "contract" else step / 2
    return [every[int(first + n * step)] for n in range(int((len(every) - first) / step))]


async def _fault(server: Hostile, call: str, case: Case, *, settled: bool, slow: bool) -> str:
    """Return what is wrong with the outcome of one call."""
    async with client(server, case, settled=settled, slow=slow) as api:
        began = time.monotonic()
        wrong = await outcome(CALLS[call], api)
        took_s = time.monotonic() - began
    # An act may ask before and after, and each answer has its own limit.
    if slow and not wrong and took_s > 4 * SHORT_S + SLACK_S:
        return f"{TOOK} {took_s:.1f} s"
    return wrong


async def _faults(
    server: Hostile, cases: list[tuple[str, Case]], *, settled: bool = True, slow: bool = False
) -> list[str]:
    """Return what is wrong with the outcome of any of these, `AT_ONCE` at a time."""
    found: list[str] = []
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(call: str, case: Case) -> None:
        wrong = await _fault(server, call, case, settled=settled, slow=slow)
        if wrong.startswith(TOOK):
            # A machine that stood still for a while is no fault of the client, which would do it again.
            wrong = await _fault(server, call, case, settled=settled, slow=slow)
        if wrong:
            found.append(f"{case.truth} {call}, {case.kind!r}, seed {case.seed}: {wrong}")

    async def in_turn(call: str, case: Case) -> None:
        async with turns:
            await one(call, case)

    await asyncio.gather(*(in_turn(call, case) for call, case in cases))
    return found


@pytest.mark.parametrize("truth", TRUTHS)
async def test_whatever_is_answered_only_errors_for_people_come_out(server, elsewhere, pytestconfig, truth):
    cases = _cases(truth, pytestconfig.getoption("--rounds"))
    print(f"{len(cases)} cases")
    assert not await _faults(server, cases)
    # No redirect was followed, and no token went anywhere else.
    assert not elsewhere.asked


@pytest.mark.parametrize("truth", TRUTHS)
async def test_a_server_that_lies_about_what_it_is_does_no_more_harm(server, elsewhere, truth):
    kinds = [kind for kind in KINDS if not (kind.slow or kind.heavy)]
    cases = [(call, Case(kind.name, truth)) for kind in kinds for call in PROBED]
    print(f"{len(cases)} cases")
    assert not await _faults(server, cases, settled=False)
    assert not elsewhere.asked


async def test_an_answer_that_takes_its_time_takes_no_more_than_the_limit(server):
    slow = [kind for kind in KINDS if kind.slow]
    calls = [call for call in CALLS if call not in STREAMS]
    cases = [(call, Case(kind.name, truth)) for kind in slow for call in calls for truth in TRUTHS]
    print(f"{len(cases)} cases")
    assert not await _faults(server, cases, slow=True)


@pytest.mark.parametrize("call", ["tasks.page", "executions.get"])
@pytest.mark.parametrize("kind", [kind.name for kind in KINDS if kind.heavy])
async def test_twenty_megabytes_cost_no_more_than_some_memory(server, kind, call):
    before_mb = _most_mb(afresh=True)
    assert not await _faults(server, [(call, Case(kind))])
    assert _most_mb() - before_mb < MOST_MB


def _most_mb(*, afresh: bool = False) -> float:
    """Return the most memory that this process has used, or uses now if `afresh`."""
    if afresh:
        Path("/proc/self/clear_refs").write_text("5")
    told = next(line for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line)
    return int(told.split()[1]) / 1024
