"""Ten thousand jobs, and what becomes of an act on them that is slowed, left, aborted and tried again."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from ratchet_web.api import Ratchet
from ratchet_web.models.jobs import JobPriority, JobQuery, JobStatus, NewJob
from tests.conftest import OpenPage, Visitors
from tests.e2e.steps import new_task, read_csv
from tests.support.server import eventually
from tests.support.system import System, running
from tests.support.waiting import fill

# At one a second, few take longer than anything that happens meanwhile.
MANY, FEW = 10_000, 80
LONG_MS = 60_000


@pytest.fixture(scope="module")
def crowded(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A system with jobs that wait for another century; what can be undone waits for a second."""
    directory = tmp_path_factory.mktemp("crowded")
    asyncio.run(fill(directory, MANY, "many"))
    yield from running(directory, web_undo_s=1)


@pytest_asyncio.fixture(loop_scope="session")
async def open_crowded(crowded: System, visitors: Visitors) -> OpenPage:
    return visitors.of(crowded.url)


@pytest_asyncio.fixture(loop_scope="session")
async def client(crowded: System) -> AsyncIterator[Ratchet]:
    async with Ratchet(crowded.api_url) as made:
        yield made


def panel(page: Page) -> Locator:
    return page.get_by_role("dialog")


def pace(page: Page, name: str) -> Locator:
    return panel(page).get_by_role("group", name="How fast").get_by_role("button", name=name)


def result(page: Page, name: str) -> Locator:
    return panel(page).get_by_role("group", name="Result").get_by_role("button", name=re.compile(f"^{name}"))


async def count(page: Page, name: str) -> int:
    text = await result(page, name).inner_text()
    return int(re.sub(r"\D", "", text))


async def ask(page: Page, address: str, number: str, act: str) -> None:
    await page.goto(address)
    await page.get_by_role("button", name=f"Act on all {number} matching…").click()
    bar = page.get_by_role("group", name="Act on these jobs")
    await bar.get_by_role("button", name=act).click()


async def test_ten_thousand_are_aborted_half_way_and_the_numbers_add_up(
    open_crowded: OpenPage, client: Ratchet, tmp_path: Path
) -> None:
    page = await open_crowded()
    await ask(page, "/jobs?status=QUEUED", "10,000", "Cancel…")
    await panel(page).get_by_label("Type 10,000 to confirm").fill("10,000", timeout=LONG_MS)
    await panel(page).get_by_label("How fast").select_option("100")
    await panel(page).get_by_role("button", name="Cancel 10,000 jobs").click()
    await expect(result(page, "Done")).to_have_text(re.compile("Done[1-9]"))
    before = await count(page, "Done")
    await page.reload()
    await expect(panel(page)).to_contain_text("Cancelling 10,000 jobs")
    await expect(pace(page, "100 a second")).to_have_attribute("aria-pressed", "true")
    await expect(result(page, "Done")).not_to_have_text(f"Done{before}")
    await pace(page, "Pause").click()
    await expect(panel(page)).to_contain_text("paused")
    await panel(page).get_by_role("button", name="Abort").click()
    await expect(panel(page)).to_contain_text("What was not done by then is as it was.")
    done, left = await count(page, "Done"), await count(page, "Not done")
    assert (done + left, done > before) == (MANY, True)
    cancelled = await client.jobs.page(JobQuery(status=JobStatus.CANCELLED))
    queued = await client.jobs.page(JobQuery(status=JobStatus.QUEUED))
    assert (cancelled.total, queued.total) == (done, left)
    async with page.expect_download() as started:
        await panel(page).get_by_role("button", name="Export CSV").click()
    await (await started.value).save_as(tmp_path / "run.csv")
    rows = read_csv(tmp_path / "run.csv")
    assert Counter(row["outcome"] for row in rows) == {"done": done, "left": left}
    assert len({row["id"] for row in rows}) == MANY


async def test_a_priority_is_set_after_a_moment_and_the_rest_is_tried_again(
    open_crowded: OpenPage, client: Ratchet, crowded: System
) -> None:
    task = await new_task(client, "few")
    draft = {"task_id": task.id, "input": {}, "scheduled_for": "2999-01-01T00:00:00Z"}
    made = await asyncio.gather(*(client.jobs.create(NewJob.model_validate(draft)) for _ in range(FEW)))
    jobs = sorted(made, key=lambda job: int(job.id))
    page = await open_crowded()
    await ask(page, f"/jobs?task={task.id}", str(FEW), "Set priority")
    await page.get_by_role("button", name="Critical", exact=True).click()
    await expect(panel(page)).to_contain_text(f"Set {FEW} jobs to critical priority?")
    await panel(page).get_by_label("How fast").select_option("1")
    await panel(page).get_by_role("button", name=f"Set {FEW} jobs").click()
    await expect(result(page, "Done")).to_have_text(re.compile("Done[1-9]"))
    await panel(page).get_by_role("button", name="Abort").click()
    await expect(panel(page)).to_contain_text("What was not done by then is as it was.")
    left = await count(page, "Not done")
    await client.jobs.cancel(jobs[0].id)
    await client.jobs.cancel(jobs[-1].id)
    await panel(page).get_by_role("button", name="Try the rest again…").click()
    await expect(panel(page)).to_contain_text("cancelled, not waiting: 1")
    await panel(page).get_by_role("button", name=f"Set {left - 1} jobs").click()
    await expect(panel(page)).to_contain_text(f"Set {left - 1} of {left - 1} jobs to critical priority")
    found = await client.jobs.page(JobQuery(task=task.id, priority=JobPriority.CRITICAL))
    assert found.total == FEW - 1
    # One job, and a tab that is closed right after: it is the console that keeps to it.
    await page.goto(f"/jobs/{jobs[1].id}")
    await page.get_by_role("button", name="Set priority").click()
    await page.get_by_role("button", name="Low", exact=True).click()
    await expect(page.locator(".toast").filter(has_text="to low priority")).to_be_visible()
    await page.close()
    await eventually(lambda: client.jobs.get(jobs[1].id), lambda job: job.priority is JobPriority.LOW)
