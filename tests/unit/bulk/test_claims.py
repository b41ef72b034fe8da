"""Several people retry the same rows of a server that does not keep them apart: nothing runs twice."""

import asyncio
import re
from contextlib import suppress

import pytest

from ratchet_web.api import Conflict, Ratchet
from ratchet_web.audit.actor import Actor, acting
from ratchet_web.bulk.claims import KEPT_MS, LEASE_MS, ClaimedRuns, Claims
from ratchet_web.bulk.run import Run, Wish
from ratchet_web.models.runs import Choice, Outcome, Phase
from ratchet_web.peers.ledger import Entries, Ledger
from ratchet_web.peers.peers import AwayError
from tests.doubles.native import Native
from tests.unit.bulk.conftest import rested, until


class Away(Ledger):
    async def change(self, space: str, turn: object) -> None:
        raise AwayError("Redis does not answer")


class Deaf(Ledger):
    """Lets no renewal be called off, as the client of Redis does now and then."""

    def __init__(self) -> None:
        super().__init__()
        self.renews = asyncio.Event()

    async def put(self, space: str, name: str, value: str) -> None:
        if asyncio.current_task().get_name().startswith("claim of"):
            self.renews.set()
            with suppress(asyncio.CancelledError):
                await asyncio.Event().wait()
        await super().put(space, name, value)


def seats(api: Ratchet, ledger: Ledger, *names: str) -> list[ClaimedRuns]:
    """Return the runs of people who know nothing of each other's."""
    made = [ClaimedRuns(api) for _ in names]
    for runs, name in zip(made, names, strict=True):
        runs.claim_by(Claims(ledger, "server", lambda name=name: name))
    return made


def failed(double: Native, count: int) -> tuple[str, ...]:
    return tuple(str(double.add_execution(status="FAILED").id) for _ in range(count))


async def asked(runs: ClaimedRuns, *ids: str) -> Run:
    return await rested(runs.plan(Choice("executions", "retry", ids=ids)))


async def test_one_of_two_people_retries_and_the_other_is_told_who(double: Native, api: Ratchet) -> None:
    ids, clock = failed(double, 3), r"\d\d:\d\d UTC"
    ann, bob, proxied = seats(api, Ledger(), "ann", "bob", "")
    first, second, late = await asked(ann, *ids), await asked(bob, *ids[1:]), await asked(bob, ids[0])
    await ann.start(first.id, "", Wish("", 0))
    with pytest.raises(Conflict, match=f"ann has been retrying 2 of these rows since {clock}"):
        await bob.start(second.id)
    assert (second.phase, second.by.name) == (Phase.READY, "bob")
    await ann.pace(first.id, None)
    await rested(first)
    with pytest.raises(Conflict, match=f"ann retried 1 of these rows at {clock} already"):
        await bob.start(late.id)
    assert len(list(double.state.jobs)) == 3
    # Whoever is asked anew means it; by a proxy's word people have names though they share a seat.
    with acting(Actor("carl", "admin", "127.0.0.1")):
        anew = await asked(proxied, *ids)
        await proxied.start(anew.id, "", Wish("", 0))
    with pytest.raises(Conflict, match="carl has been retrying"):
        await bob.start(late.id)
    await proxied.abort(anew.id)
    await rested(anew)
    # What was not done is free again.
    assert anew.counts[Outcome.LEFT] == 3
    again = await rested(await ann.start((await asked(ann, *ids)).id))
    assert again.phase is Phase.COMPLETED


async def test_a_renewal_that_cannot_be_called_off_claims_nothing_after_the_end(
    double: Native, api: Ratchet
) -> None:
    ledger, ids = Deaf(), failed(double, 2)
    ann, bob = seats(api, ledger, "ann", "bob")
    run = await asked(ann, *ids)
    await ann.start(run.id, "", Wish("", 0))
    await ledger.renews.wait()
    meant = await asked(bob, *ids)
    await ann.abort(run.id)
    await rested(run)
    await rested(await bob.start(meant.id))
    assert meant.counts[Outcome.DONE] == 2
    assert not [task for task in asyncio.all_tasks() if task.get_name().startswith("claim of")]


RUBBISH = (
    *("", "rubbish", "[]", "{}", "[" * 100_000, "\ufffd", '["ann", 1, "x", true]\n[]'),
    *('["ann", 1, 9999999999999]\n["1"]', f'["ann", {10**30}, 9999999999999, true]\n["1"]'),
)
OF_NOTHING = '["ann", 1, 9999999999999, true]\n[["1"]]'


async def test_what_makes_no_sense_claims_nothing(double: Native, api: Ratchet) -> None:
    ledger = Ledger()
    await ledger.change("server", lambda entries: dict(zip("abcdefghi", RUBBISH, strict=True)))
    await ledger.put("server", "nothing", OF_NOTHING)
    (ann,) = seats(api, ledger, "ann")
    run = await rested(await ann.start((await asked(ann, *failed(double, 1))).id))
    assert run.phase is Phase.COMPLETED
    # Nor is it kept, unless it may be a claim of later rows.
    left: list[str] = []
    await ledger.change("server", lambda entries: left.extend(entries) or {})
    assert left == ["nothing", run.id]


async def test_other_acts_are_not_claimed_and_those_at_once_are_one(double: Native, api: Ratchet) -> None:
    ann, bob = seats(api, Ledger(), "ann", "bob")
    ids = failed(double, 2)
    pair = [await asked(runs, *ids) for runs in (ann, bob)]
    both = await asyncio.gather(ann.start(pair[0].id), bob.start(pair[1].id), return_exceptions=True)
    assert [isinstance(each, Conflict) for each in both] == [False, True]
    jobs = tuple(str(double.add_job().id) for _ in range(2))
    questions = [await rested(runs.plan(Choice("jobs", "cancel", ids=jobs))) for runs in (ann, bob)]
    for runs, run in zip((ann, bob), questions, strict=True):
        assert (await rested(await runs.start(run.id))).phase is Phase.COMPLETED
    for runs in (ann, bob):
        await runs.stop()


async def test_a_claim_ends_with_its_worker_and_what_is_not_known_begins_nothing(
    double: Native, api: Ratchet
) -> None:
    ledger = Ledger()
    ann, bob, carl = seats(api, ledger, "ann", "bob", "carl")
    ids = failed(double, 2)
    lost = await asked(ann, *ids)
    await ann.claims.take(lost)
    with pytest.raises(Conflict, match="Somebody has been retrying"):
        await bob.start((await asked(bob, *ids)).id)

    def later(entries: Entries) -> dict[str, str | None]:
        return {
            name: re.sub(r"\d{13}", lambda ms: str(int(ms[0]) - LEASE_MS - 1), text)
            for name, text in entries.items()
        }

    await ledger.change("server", later)
    await rested(await bob.start((run := await asked(bob, *ids)).id))
    assert run.counts[Outcome.DONE] == 2
    old = await asked(carl, *ids)
    old.asked_at -= KEPT_MS + 1
    with pytest.raises(Conflict, match="counted more than an hour ago"):
        await carl.start(old.id)
    (away,) = seats(api, Away(), "ann")
    question = await asked(away, *ids)
    with pytest.raises(Conflict, match=r"Redis does not answer\. Nothing was begun"):
        await away.start(question.id)
    await until(lambda: question.phase is Phase.READY)
