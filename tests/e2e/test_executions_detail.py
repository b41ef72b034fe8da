"""Why an execution failed, what it was given and gave, and how it is fixed and run again."""

import re

from playwright.async_api import expect

from ratchet_web.models.executions import ExecutionStatus
from ratchet_web.models.tasks import TaskChange
from tests.e2e.steps import new_id, new_task, run, status_of, write

SHORT_OF_LINES = """function totalOf(orders) {
  return orders.reduce((sum, order) => sum + order.lines.length, 0);
}

function main(input) {
  return { total: totalOf(input.orders) };
}
"""
INPUT = {"shop": "North", "orders": [{"lines": ["a"]}, {"id": 2}]}
SCHEMA = {"type": "object", "properties": {"shop": {"type": "string"}, "orders": {"type": "array"}}}


async def ended(ratchet, execution):
    async with ratchet.executions.logs.follow(execution.id) as pages:
        async for _ in pages:
            pass
    return await ratchet.executions.get(execution.id)


async def failed_run(ratchet, stem):
    task = await new_task(ratchet, stem, SHORT_OF_LINES, input_schema=SCHEMA)
    failed = await ended(ratchet, await run(ratchet, task, INPUT))
    assert failed.status is ExecutionStatus.FAILED
    return task, failed


async def test_a_failure_names_its_kind_and_its_line_and_is_fixed_with_keys(open_page, ratchet):
    task, failed = await failed_run(ratchet, "lines")
    page = await open_page(f"/executions/{failed.id}")
    error = page.get_by_role("region", name="Error")
    await expect(error).to_contain_text("Thrown by the task")
    await expect(error.locator("[data-marked]")).to_contain_text("order.lines.length")
    await error.get_by_text("Stack, ").click()
    await expect(error.get_by_role("link", name=re.compile(r"at main \(task.js:6"))).to_be_visible()
    same = error.get_by_role("link", name="Same failures")
    await expect(same).to_have_attribute("href", re.compile(rf"status=FAILED&task={task.id}\b"))
    timeline = page.get_by_role("group", name="Timeline")
    await expect(timeline).to_contain_text(re.compile(r"Queued .*Waited .*Ran .*Ended"))

    await page.keyboard.press("e")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Fix and re-run")
    difference = page.get_by_role("region", name="Difference of the inputs")
    await expect(difference).to_contain_text("No difference")
    await page.get_by_role("tab", name="JSON").click()
    await write(page, "Input as JSON", '{"shop": "North", "orders": [{"lines": ["a"]}]}')
    await expect(difference).to_contain_text("removed")
    # What is typed presses no key of the page, and is still there after a reload.
    await page.reload()
    await expect(difference).to_contain_text("removed")
    await page.get_by_role("button", name="Run again").click()
    again = await new_id(page, "executions", other_than=failed.id)
    await expect(status_of(page)).to_have_text("Completed")
    await expect(page.get_by_text(f"retry of {failed.id}, input changed")).to_be_visible()
    await page.get_by_role("link", name=failed.id, exact=True).click()
    await expect(page.get_by_role("link", name=f"execution {again}")).to_be_visible()

    await page.keyboard.press("r")
    await new_id(page, "executions", other_than=f"(?:{failed.id}|{again})")
    await expect(status_of(page)).to_have_text("Failed")


async def test_a_failed_run_is_run_again_as_the_version_that_failed_or_as_the_newest(open_page, ratchet):
    task, failed = await failed_run(ratchet, "versions")
    mended = SHORT_OF_LINES.replace("order.lines.length", "(order.lines ?? []).length")
    await ratchet.tasks.change(task.id, TaskChange(source_code=mended))
    page = await open_page(f"/executions/{failed.id}")
    await expect(page.get_by_text("of revision 1; the task was changed since")).to_be_visible()
    await page.get_by_role("link", name="Fix and re-run").click()
    versions = page.get_by_role("navigation", name="Version of the task")
    await expect(versions.locator("[aria-current]")).to_have_text("Newest, revision 2")
    await page.get_by_text("What changed in the source since it failed").click()
    await expect(page.get_by_role("region", name="Difference of the sources")).to_contain_text("??")
    await versions.get_by_role("link", name="As it failed, revision 1").click()
    await expect(page).to_have_url(re.compile("version=same"))
    await page.get_by_role("button", name="Run again").click()
    second = await new_id(page, "executions", other_than=failed.id)
    await expect(status_of(page)).to_have_text("Failed")
    await expect(page.get_by_text("(revision 1)")).to_be_visible()
    await page.goto(f"/executions/{second}/rerun")
    await page.get_by_role("button", name="Run again").click()
    await new_id(page, "executions", other_than=f"(?:{failed.id}|{second})")
    await expect(status_of(page)).to_have_text("Completed")
