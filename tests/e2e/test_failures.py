"""Failures: what failed in the same way is one, is retried, ignored and resolved, and returns by itself."""

import re

import pytest_asyncio
from playwright.async_api import expect

from ratchet_web.models.executions import ExecutionQuery, ExecutionStatus
from ratchet_web.models.failures import FailureQuery, FailureState
from ratchet_web.state.failures import TITLE_CHARS
from tests.e2e.steps import new_task, run, unique
from tests.e2e.test_axe import PHONE, complaints
from tests.support.server import eventually


@pytest_asyncio.fixture(loop_scope="session")
async def broken(ratchet):
    """Return a task that fails in a way of its own, its failure, and how to let it fail once more."""
    # In letters: numbers are folded.
    name = "Mislaid" + "".join("abcdefghij"[int(digit)] for digit in unique("x")[2:])
    source = (
        f'function main({{ n }}) {{ throw new DataError("{name} " + n + " of /tmp/" + n + ".csv is lost"); }}'
    )
    task = await new_task(ratchet, "lossy", source)

    async def fail(n):
        await run(ratchet, task, {"n": n})

    async def found(count):
        page = await eventually(
            lambda: ratchet.failures.page(FailureQuery(task=task.id)),
            lambda page: sum(row.count for row in page.rows) == count,
        )
        return page.rows[0]

    for n in (12, 345):
        await fail(n)
    return task, await found(2), fail, found


def row_of(page, failure):
    return page.locator(f'tr[data-id="{failure.id}"]')


async def test_a_failure_is_judged_and_returns_on_every_page(open_page, ratchet, broken):
    task, failure, fail, found = broken
    page, other = await open_page(f"/failures?task={task.id}"), await open_page(f"/failures/{failure.id}")
    row = row_of(page, failure)
    await expect(row).to_contain_text("is lost")
    await expect(row.locator("td.num")).to_have_text("2")
    await expect(row.get_by_role("img", name=re.compile("in the second half"))).to_be_visible()
    await expect(row.get_by_role("link", name=task.name)).to_be_visible()
    assert await complaints(page) == []
    title = other.get_by_role("heading", level=1)
    await expect(title).to_contain_text("of <path> is lost")
    await expect(other.get_by_role("region", name="Error")).to_contain_text("345 of /tmp/345.csv is lost")
    assert await complaints(other) == []

    # Others hear of it at once, and it opens by itself when it returns.
    await row.get_by_role("button", name="Resolve").dblclick()
    await expect(row.locator(".status")).to_have_text("Resolved")
    await expect(other.locator("main .facts .status")).to_have_text("Resolved")
    await fail(6)
    await expect(row.locator(".status")).to_have_text("Returned")
    await expect(row.locator("td.num")).to_have_text("3")
    await expect(other.locator("#main .facts")).to_contain_text("Returned")
    await other.get_by_role("button", name="Ignore").click()
    await expect(row.locator(".status")).to_have_text("Ignored")
    assert (await found(3)).state is FailureState.IGNORED
    await page.get_by_role("navigation", name="State").get_by_role("link", name="Open").click()
    await expect(row).to_be_hidden()
    await other.get_by_role("button", name="Reopen").click()
    await expect(row.locator(".status")).to_have_text("Open")

    # The second of two quick presses was not even sent.
    await expect(page.get_by_text("Nothing was changed")).to_have_count(0)
    await page.goto(f"/audit?row={failure.id}")
    await expect(page.locator("tbody tr[data-id]")).to_have_count(3)
    table = page.get_by_role("table", name="Audit")
    await expect(table).not_to_contain_text("Refused")
    await expect(table).to_contain_text("resolve failures")
    await table.get_by_role("link", name=failure.id).last.click()
    await expect(page).to_have_url(re.compile(rf"/failures/{failure.id}$"))


async def test_all_executions_of_a_failure_are_retried_once(open_page, ratchet, broken):
    task, failure, _, found = broken
    page = await open_page("/failures", viewport=PHONE)
    await page.get_by_label("Find in errors").fill(failure.message.split()[0])
    # What is typed leads to another address after a moment, and a press before that would be overtaken.
    await expect(page).to_have_url(re.compile(r"[?&]q="))
    await row_of(page, failure).get_by_role("link", name=re.compile("is lost")).click()
    await expect(page).to_have_url(re.compile(rf"/failures/{failure.id}$"))
    other = await open_page(f"/failures/{failure.id}")
    await expect(other.locator(".main").get_by_role("link", name="2", exact=True)).to_be_visible()
    await page.get_by_role("button", name="Retry all…").click()
    question = page.get_by_role("dialog", name="Retry 2 executions?")
    named = f"DataError: {failure.message}"
    shown = named if len(named) <= TITLE_CHARS else f"{named[: TITLE_CHARS - 1]}…"
    await expect(question).to_contain_text(f"All that match: failure “{shown}”, not retried yet.")
    await question.get_by_role("button", name="Retry 2 executions").dblclick()
    # Each of them failed in the same way again, and only these are left to be retried.
    await found(4)
    await expect(page.get_by_text("begun already")).to_have_count(0)
    await expect(other.locator(".main").get_by_role("link", name="4", exact=True)).to_be_visible()
    await page.goto(f"/failures/{failure.id}")
    await page.get_by_role("button", name="Retry all…").click()
    await expect(page.get_by_role("dialog", name="Retry 2 executions?")).to_be_visible()
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert await page.evaluate(wide) is False

    failed = ExecutionQuery(status=ExecutionStatus.FAILED, task=task.id)
    newest = (await ratchet.executions.page(failed)).rows[0]
    await page.goto(f"/executions/{newest.id}")
    await page.get_by_role("link", name="All failures like this").click()
    await expect(page).to_have_url(re.compile(rf"/failures/{failure.id}$"))
    await page.get_by_role("link", name="4", exact=True).click()
    await expect(page.locator("tbody tr[data-id]")).to_have_count(4)
    await expect(page.get_by_text(f"of failure {failure.id[:8]}")).to_be_visible()
