"""Workers on machines whose clocks disagree by minutes: who retries what does not depend on any of them."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

import pytest

from ratchet_web.api import Conflict
from ratchet_web.bulk.claims import ClaimedRuns, Claims
from ratchet_web.bulk.run import Run, Wish
from ratchet_web.models.runs import Choice, Outcome, Phase
from ratchet_web.peers.ledger import SharedLedger
from tests.support.workers import until

AHEAD_NS: ContextVar[int] = ContextVar("AHEAD_NS", default=0)


@pytest.fixture(autouse=True)
def clocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what runs `by` a clock, and all that it begins, read that one."""
    true = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: true() + AHEAD_NS.get())


@contextmanager
def by(minutes: int) -> Iterator[None]:
    """Be on a machine whose clock is so far ahead."""
    token = AHEAD_NS.set(minutes * 60_000_000_000)
    try:
        yield
    finally:
        AHEAD_NS.reset(token)


async def asked(runs: ClaimedRuns, ids: tuple[str, ...]) -> Run:
    run = runs.plan(Choice("executions", "retry", ids=ids))
    await until(lambda: run.phase is Phase.READY)
    return run


@pytest.mark.parametrize("minutes", [-5, 5])
async def test_nothing_runs_twice_and_who_means_it_may_whatever_the_clocks_show(
    ratchet, workers, double, minutes
):
    ids = tuple(str(double.add_execution(status="FAILED").id) for _ in range(3))
    ann, bob = ClaimedRuns(ratchet), ClaimedRuns(ratchet)
    for runs, worker, name in ((ann, workers[0], "ann"), (bob, workers[1], "bob")):
        runs.claim_by(Claims(SharedLedger(worker.bus.redis), "server", lambda name=name: name))
    began = datetime.now(UTC)
    with by(-minutes):
        first = await asked(ann, ids)
        await ann.start(first.id, "", Wish("", 0))
    with by(minutes):
        late = await asked(bob, ids)
        with pytest.raises(Conflict, match="ann has been retrying 3"):
            await bob.start(late.id)
    with by(-minutes):
        await ann.claims.renew(first)
    with by(minutes), pytest.raises(Conflict) as told:
        await bob.start(late.id)
    times = {f"since {at:%H:%M} UTC" for at in (began, datetime.now(UTC))}
    assert any(each in str(told.value) for each in times)
    with by(-minutes):
        await ann.pace(first.id, None)
        await first.task
    with by(minutes):
        with pytest.raises(Conflict, match="ann retried 3 of these rows"):
            await bob.start(late.id)
        anew = await asked(bob, ids)
        await bob.start(anew.id)
        await anew.task
    assert (first.counts[Outcome.DONE], anew.counts[Outcome.DONE]) == (3, 3)
    assert len(list(double.state.jobs)) == 6
    for runs in (ann, bob):
        await runs.stop()
