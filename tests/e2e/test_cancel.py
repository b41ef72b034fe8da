"""Stopping what runs."""

import re

from playwright.async_api import expect

from tests.e2e.steps import (
    ENDLESS,
    FAILING,
    confirm,
    log_of,
    new_id,
    new_task,
    row_of,
    run,
    segment,
    status_of,
)

SOON_MS = 6_000
QUESTIONS = 20


async def test_an_endless_loop_is_cancelled_from_its_page_after_a_question(open_page, ratchet):
    execution = await run(ratchet, await new_task(ratchet, "endless", ENDLESS))
    page = await open_page(f"/executions/{execution.id}")
    await expect(status_of(page)).to_have_text("Running")
    await expect(log_of(page)).to_contain_text("round and round")
    cancel = page.get_by_role("button", name="Cancel", exact=True)
    await cancel.click()
    await confirm(page, "Keep running")
    await expect(page.get_by_role("button", name="Cancel execution")).to_be_hidden()
    await expect(status_of(page)).to_have_text("Running")
    await cancel.click()
    await confirm(page, "Cancel execution")
    await expect(status_of(page)).to_have_text("Cancelled", timeout=SOON_MS)
    await expect(cancel).to_be_hidden()
    assert (await ratchet.executions.get(execution.id)).status == "CANCELLED"


async def test_an_answer_counts_however_soon_it_follows_the_question(open_page, ratchet):
    execution = await run(ratchet, await new_task(ratchet, "endless", ENDLESS))
    page = await open_page(f"/executions/{execution.id}")
    cancel = page.get_by_role("button", name="Cancel", exact=True)
    answer = page.get_by_role("button", name="Keep running")
    for _ in range(QUESTIONS):
        await cancel.click()
        # `force`: pressed where it is in the first frame that shows it, as a quick hand does.
        await answer.click(force=True)
        await expect(answer).to_be_hidden(timeout=SOON_MS)
    await expect(status_of(page)).to_have_text("Running")
    await ratchet.executions.cancel(execution.id)


async def test_an_endless_loop_is_cancelled_from_the_list_after_a_question(open_page, ratchet):
    execution = await run(ratchet, await new_task(ratchet, "endless", ENDLESS))
    page = await open_page("/executions")
    row = row_of(page, execution.id)
    await expect(row).to_contain_text("Running")
    await row.get_by_role("button", name=f"Cancel execution {execution.id}").click()
    await confirm(page, "Cancel execution")
    await expect(row).to_contain_text("Cancelled", timeout=SOON_MS)


async def test_a_failed_execution_says_why_and_its_retry_is_linked_both_ways(open_page, ratchet):
    task = await new_task(ratchet, "failing", FAILING)
    first = await run(ratchet, task, {"till": 7})
    page = await open_page(f"/executions/{first.id}")
    await expect(status_of(page)).to_have_text("Failed")
    error = page.get_by_role("region", name="Error")
    await expect(error.get_by_role("heading")).to_have_text("DataError: The till does not balance")
    await expect(error).to_contain_text("at main (task.js:3")
    await page.get_by_role("button", name="Retry").click()
    second = await new_id(page, "executions", other_than=first.id)
    await expect(page.get_by_text(f"retry of {first.id}")).to_be_visible()
    await expect(status_of(page)).to_have_text("Failed")
    assert (await ratchet.executions.get(second)).input == {"till": 7}
    await page.get_by_role("link", name=first.id, exact=True).click()
    await expect(page).to_have_url(re.compile(f"/executions/{first.id}$"))


async def test_a_failed_execution_is_retried_from_the_list_and_the_notice_leads_to_the_new_one(
    open_page, ratchet
):
    first = await run(ratchet, await new_task(ratchet, "failing", FAILING))
    page = await open_page("/executions")
    await segment(page, "Status", "Failed").click()
    await row_of(page, first.id).get_by_role("button", name=f"Retry execution {first.id}").click()
    await page.get_by_role("link", name="Open execution").click()
    await new_id(page, "executions", other_than=first.id)
    await expect(page.get_by_text(f"retry of {first.id}")).to_be_visible()
