"""One job of the embedded server as its page sees it, from the queue to its deliveries."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from ratchet_web.api import Conflict, Ratchet, Refused
from ratchet_web.live.jobs_detail import JobDetail
from ratchet_web.live.topic import Snapshot
from ratchet_web.logic.work_texts import destinations_of
from ratchet_web.models.destinations import (
    Authentication,
    AuthType,
    Bearer,
    DeliveryStatus,
    DeliveryTest,
    DestinationType,
    OutputDestination,
    Webhook,
)
from ratchet_web.models.jobs import (
    Backoff,
    Job,
    JobChange,
    JobPriority,
    JobQuery,
    JobStatus,
    NewJob,
    RetryPolicy,
)
from ratchet_web.models.tasks import NewTask
from tests.support.receiver import receiving
from tests.support.server import Process, eventually, on_port

SPIN = "function main() { for (;;) {} }"
ECHO = "function main(input) { return input }"
FAIL = "function main() { throw new Error('no') }"
LATER = timedelta(hours=1)


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    with on_port(
        tmp_path_factory.mktemp("jobs"), RATCHET_WORKERS="1", RATCHET_FETCH_ALLOW="127.0.0.1"
    ) as server:
        yield server


@pytest.fixture
async def ratchet(port: Process) -> AsyncIterator[Ratchet]:
    async with Ratchet(port.url) as client:
        yield client


async def queued(ratchet: Ratchet, source: str, **more: object) -> Job:
    task = await ratchet.tasks.create(NewTask(name=f"t-{uuid4().hex}", source_code=source))
    return await ratchet.jobs.create(
        NewJob.model_validate({"task_id": task.id, "input": {"secret": 1}, **more})
    )


async def seen(ratchet: Ratchet, job: Job) -> Snapshot:
    return await JobDetail(f"jobs/{job.id}", job.id).fetch(ratchet)


async def until(ratchet: Ratchet, job: Job, *statuses: JobStatus) -> Job:
    found: Job = await eventually(lambda: ratchet.jobs.get(job.id), lambda row: row.status in statuses)
    return found


async def test_a_job_is_changed_while_it_waits_and_not_afterwards(ratchet: Ratchet) -> None:
    at = datetime.now(UTC) + LATER
    job = await queued(ratchet, ECHO, scheduled_for=at.isoformat())
    changed = await ratchet.jobs.change(job.id, JobChange(priority=JobPriority.HIGH, max_retries=9))
    assert (changed.priority, changed.max_retries) == (JobPriority.HIGH, 9)
    assert changed.scheduled_for == job.scheduled_for
    now = await ratchet.jobs.change(job.id, JobChange.model_validate({"scheduledFor": None}))
    assert now.scheduled_for is None
    await until(ratchet, job, JobStatus.COMPLETED)
    with pytest.raises(Conflict):
        await ratchet.jobs.change(job.id, JobChange(max_retries=1))


async def test_a_page_shows_what_waits_what_is_ahead_and_the_retries_to_come(ratchet: Ratchet) -> None:
    policy = RetryPolicy(backoff=Backoff.FIXED, delay_seconds=3600, max_delay_seconds=3600, jitter=0)
    failing = await queued(ratchet, FAIL, max_retries=3, retry_policy=policy)
    await until(ratchet, failing, JobStatus.RETRYING)
    about = (await seen(ratchet, failing)).about
    assert [step["words"] for step in about["history"]] == [
        "Queued",
        "Attempt 1 started",
        "Attempt 1 failed",
        "Next attempt is due",
    ]
    assert [(row["number"], row["least_ms"]) for row in about["retries"]] == [(2, 3_600_000), (3, 3_600_000)]
    assert about["estimate"] is None

    blocker = await queued(ratchet, SPIN, priority="CRITICAL")
    await until(ratchet, blocker, JobStatus.PROCESSING)
    first, last = await queued(ratchet, ECHO), await queued(ratchet, ECHO, priority="LOW")
    assert (await ratchet.jobs.ahead(first)).jobs == 0
    assert (await ratchet.jobs.ahead(last)).jobs == 1
    assert "ahead of it" in (await seen(ratchet, last)).about["estimate"]["words"]
    waiting = await ratchet.jobs.page(JobQuery(due=True))
    assert {row.id for row in waiting.rows} == {first.id, last.id}
    assert (await ratchet.jobs.counts(JobQuery(due=True, status=JobStatus.FAILED))).queued == 2
    assert (await ratchet.jobs.page(JobQuery(retries_left=True, min_retries=1))).rows[0].id == failing.id
    await ratchet.jobs.cancel(blocker.id)


async def test_an_output_is_delivered_and_delivered_again_and_no_secret_is_shown(ratchet: Ratchet) -> None:
    async with receiving() as receiver:
        secret = Authentication(auth_type=AuthType.BEARER, bearer=Bearer(token="a-secret-of-mine"))
        place = OutputDestination(
            destination_type=DestinationType.WEBHOOK, webhook=Webhook(url=receiver.url, authentication=secret)
        )
        job = await queued(ratchet, ECHO, output_destinations=[place.wire()])

        async def delivered() -> Snapshot:
            return await seen(ratchet, job)

        def is_there(found: Snapshot) -> bool:
            (row,) = found.about["destinations"]
            return row["status"] == "DELIVERED"

        snapshot = await eventually(delivered, is_there)
        assert "a-secret-of-mine" not in f"{snapshot.rows} {snapshot.about}"
        assert '"secret": 1' in snapshot.rows[0]["raw_text"]
        await ratchet.jobs.redeliver(job.id, 1)
        await eventually(lambda: asyncio.sleep(0, len(receiver.requests)), lambda heard: heard == 2)
        assert {headers["authorization"] for _, headers, _ in receiver.requests} == {
            "Bearer a-secret-of-mine"
        }


async def test_what_the_server_refuses_of_a_destination_names_its_place(ratchet: Ratchet) -> None:
    file = {"destinationType": "FILESYSTEM", "filesystem": {"path": "x.json"}}
    with pytest.raises(Refused) as refused:
        await queued(ratchet, ECHO, output_destinations=[file])
    assert list(refused.value.fields) == ["outputDestinations.0.filesystem"]


async def test_what_a_job_waits_with_is_changed_tested_and_not_shown(ratchet: Ratchet) -> None:
    assert not (await ratchet.dialect()).cannot
    async with receiving() as receiver:
        secret = Authentication(auth_type=AuthType.BEARER, bearer=Bearer(token="t0pSecret"))
        hook = OutputDestination(
            destination_type=DestinationType.WEBHOOK, webhook=Webhook(url=receiver.url, authentication=secret)
        )
        task = await ratchet.tasks.create(NewTask(name=f"t-{uuid4().hex[:8]}", source_code=ECHO))
        job = await ratchet.jobs.create(
            NewJob(task_id=task.id, input=1, scheduled_for=datetime.now(UTC) + LATER)
        )
        policy = RetryPolicy(backoff=Backoff.FIXED, delay_seconds=9)
        await ratchet.jobs.change(job.id, JobChange(retry_policy=policy, output_destinations=[hook]))
        snapshot = await JobDetail(f"jobs/{job.id}", job.id).fetch(ratchet)
        assert '"delaySeconds": 9.0' in snapshot.about["base"]["retry_policy"]
        # As it is shown, it can be sent back and tested: the mask keeps the secret.
        (masked,) = destinations_of(snapshot.about["base"]["output_destinations"]) or ()
        trial = await ratchet.jobs.test_delivery(DeliveryTest(destination=masked, job_id=job.id))
        await ratchet.jobs.change(job.id, JobChange(output_destinations=[masked]))
    assert (trial.status, trial.response_status, trial.answer) == (DeliveryStatus.DELIVERED, 200, None)
    ((_, headers, _),) = receiver.requests
    assert headers["authorization"] == "Bearer t0pSecret"
    assert "t0pSecret" not in str(snapshot)
