"""Why an execution failed, what it was given and gave, and how it is fixed and run again."""

import re

from playwright.async_api import expect

from ratchet_web.models.executions import ExecutionStatus
from ratchet_web.models.jobs import NewJob
from ratchet_web.models.tasks import TaskChange
from tests.e2e.steps import FAILING, confirm, ended, log_of, new_id, new_task, run, status_of, tab, write

SHORT_OF_LINES = """function totalOf(orders) {
  return orders.reduce((sum, order) => sum + order.lines.length, 0);
}

function main(input) {
  return { total: totalOf(input.orders) };
}
"""
INPUT = {"shop": "North", "orders": [{"lines": ["a"]}, {"id": 2}]}
SCHEMA = {"type": "object", "properties": {"shop": {"type": "string"}, "orders": {"type": "array"}}}


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
    same = error.get_by_role("link", name="All failures like this")
    await expect(same).to_have_attribute("href", re.compile(r"^/failures/[0-9a-f]{16}$"))
    to_line = re.compile(rf"/tasks/{task.id}/edit\?(.*&)?line=2\b")
    await expect(error.get_by_role("link", name="Edit the task")).to_have_attribute("href", to_line)
    timeline = page.get_by_role("group", name="Timeline")
    await expect(timeline).to_contain_text(re.compile(r"Queued \d\d:\d\d:\d\dWaited .*Ran .*Ended"))
    for time in await timeline.locator("time").all():
        assert not re.search("[AP]M", f"{await time.text_content()} {await time.get_attribute('title')}")

    await log_of(page).press("e")
    await expect(page.get_by_text("No errors")).to_have_count(1)
    await page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys on this page")
    await expect(keys.get_by_role("region", name="On this page")).to_contain_text("Fix and re-run")
    await expect(keys.get_by_role("region", name="While the focus is in the log")).to_contain_text(
        "next error"
    )
    await page.keyboard.press("r")
    await page.keyboard.press("Escape")
    await expect(keys).to_have_count(0)
    await page.get_by_role("button", name="Turn single keys off").focus()
    await page.keyboard.press("e")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Fix and re-run")
    await expect(page.get_by_role("link", name=task.name)).to_be_visible()
    await error.get_by_role("link", name="Edit the task").click()
    source = page.get_by_role("region", name="Source")
    await expect(source.locator(".cm-activeLine")).to_contain_text("order.lines.length")
    await expect(source.get_by_role("status")).to_have_text("Line 2, column 1 It failed here.")
    await page.go_back()
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
    await expect(page.get_by_text(f"It was retried already, as execution {again}.")).to_be_visible()
    await confirm(page, "Retry once more")
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
    difference = page.get_by_role("region", name="Difference of the sources")
    await expect(difference).to_contain_text("??")
    await ratchet.tasks.change(task.id, TaskChange(source_code=f"// Once more\n{mended}"))
    await expect(versions.locator("[aria-current]")).to_have_text("Newest, revision 3")
    await expect(difference).to_contain_text("Once more")
    await expect(difference).to_contain_text("??")
    await versions.get_by_role("link", name="As it failed, revision 1").click()
    await expect(page).to_have_url(re.compile("version=same"))
    await page.get_by_role("button", name="Run again").click()
    second = await new_id(page, "executions", other_than=failed.id)
    await expect(status_of(page)).to_have_text("Failed")
    await expect(page.get_by_text("(revision 1)")).to_be_visible()
    await page.goto(f"/executions/{second}/rerun")
    await page.get_by_role("button", name="Run again").click()
    third = await new_id(page, "executions", other_than=f"(?:{failed.id}|{second})")
    await expect(status_of(page)).to_have_text("Completed")
    await page.goto(f"/executions/compare?a={second}&b={third}")
    await tab(page, "Source").click()
    await expect(page.get_by_role("region", name="Difference of the sources")).to_contain_text("Once more")


async def test_an_output_that_does_not_fit_leads_to_the_schemas_and_to_itself(open_page, ratchet):
    schema = {"type": "object", "required": ["greeting"]}
    task = await new_task(ratchet, "unfit", output_schema=schema)
    failed = await ended(ratchet, await run(ratchet, task, {"total": 3}))
    page = await open_page(f"/executions/{failed.id}")
    error = page.get_by_role("region", name="Error")
    schemas = error.get_by_role("link", name="The task's schemas")
    await expect(schemas).to_have_attribute("href", re.compile(rf"/tasks/{task.id}\?tab=schemas"))
    await error.get_by_role("link", name="The output").click()
    await expect(page.get_by_role("tree", name="Output")).to_contain_text("total: 3")


LARGE = """function main(input) {
  const rows = Array.from({ length: input.n }, (_, i) => ({ id: i, name: `Row ${i}`, tags: ["a", "b"] }));
  return { rows, exact: 9007199254740991 };
}
"""


async def test_a_large_output_opens_on_demand_and_is_searched_and_copied_from(open_page, ratchet):
    task = await new_task(ratchet, "large", LARGE)
    done = await ended(ratchet, await run(ratchet, task, {"n": 60_000}))
    page = await open_page(
        f"/executions/{done.id}?tab=data", permissions=["clipboard-read", "clipboard-write"]
    )
    output = page.get_by_role("region", name="Output")
    await output.get_by_role("button", name="Show 2.").click()
    tree = output.get_by_role("tree", name="Output")
    await expect(tree.get_by_role("treeitem", name="rows: [60000]")).to_be_visible()
    await output.get_by_role("searchbox").fill("row 59999")
    await expect(output.get_by_text("1 of 1", exact=True)).to_be_visible()
    found = tree.get_by_role("treeitem", selected=True)
    await expect(found).to_have_text(re.compile("Row 59999"))
    await output.get_by_role("button", name="Copy path").click()
    await expect(output.get_by_text("Copied the path")).to_be_visible()
    assert await page.evaluate("navigator.clipboard.readText()") == "$.rows[59999].name"
    await tree.focus()
    await page.keyboard.press("ArrowLeft")
    await expect(found).to_have_attribute("aria-expanded", "true")
    await page.keyboard.press("ArrowLeft")
    await expect(found).to_have_attribute("aria-expanded", "false")
    await page.keyboard.press("Home")
    await expect(found).to_have_attribute("aria-level", "1")
    await output.get_by_role("button", name="Raw").click()
    await expect(output.get_by_role("region", name="Output as text")).to_contain_text('"name": "Row 0"')
    # What is short needs no asking.
    await expect(
        page.get_by_role("region", name="Input").get_by_role("treeitem", name="n: 60000")
    ).to_be_visible()


async def test_attempts_tell_their_differences_and_two_are_compared(open_page, ratchet):
    _, failed = await failed_run(ratchet, "attempts")
    again = await ended(ratchet, await ratchet.executions.retry(failed.id, {"orders": []}))
    page = await open_page(f"/executions/{failed.id}?tab=attempts")
    second = page.get_by_role("listitem").filter(has=page.get_by_role("link", name=f"Execution {again.id}"))
    for words in ("Completed", f"retry of {failed.id}", "Input changed", "Same version", "No error"):
        await expect(second).to_contain_text(words)
    await second.get_by_role("link", name=f"Compare with {failed.id}").click()
    await expect(page).to_have_url(re.compile(rf"/executions/compare\?a={failed.id}&b={again.id}"))
    both = page.get_by_role("table", name="Both executions")
    await expect(both.get_by_role("row", name="Status (differs)")).to_contain_text("Completed")
    await expect(page.get_by_role("region", name="Difference of the inputs")).to_contain_text("Removed:")
    await tab(page, "Log").click()
    await expect(page.get_by_role("region", name=re.compile("^Log of .* output$"))).to_have_count(2)
    difference = page.get_by_role("region", name="Difference of the logs")
    await expect(difference).to_contain_text("No difference")
    # What was read of one pair does not stand there for another.
    await page.route("**/logs?n=1000*", lambda route: None)
    await page.get_by_role("link", name="Swap").click()
    await expect(page).to_have_url(re.compile(rf"a={again.id}&b={failed.id}&tab=log"))
    await expect(difference).not_to_contain_text("No difference")
    await page.goto(f"/executions/compare?a={failed.id}&b=999999")
    await expect(page.get_by_role("heading", name="There is no such execution")).to_be_visible()


async def test_attempts_of_a_job_stand_together(open_page, ratchet):
    task = await new_task(ratchet, "job-attempts", FAILING)
    job = await ratchet.jobs.create(NewJob(task_id=task.id, input={}, max_retries=1))
    page = await open_page(f"/jobs/{job.id}")
    await expect(status_of(page)).to_have_text("Failed")
    await page.get_by_role("table", name="Attempts").get_by_role("link").first.click()
    await new_id(page, "executions")
    await tab(page, "Attempts").click()
    rows = page.get_by_role("listitem").filter(has_text=f"of job {job.id}")
    await expect(rows).to_have_count(2)
    await expect(rows.nth(1)).to_contain_text("Same input")
    await expect(rows.nth(1)).to_contain_text("Same error")


async def test_keys_can_be_switched_off_and_a_cancel_asks(open_page, ratchet):
    task = await new_task(ratchet, "endless", "function main() { for (;;) {} }")
    execution = await run(ratchet, task)
    page = await open_page(f"/executions/{execution.id}")
    await expect(status_of(page)).to_have_text("Running")
    await page.get_by_role("button", name="Turn single keys off").click()
    await page.keyboard.press("c")
    await expect(page.get_by_text("Single keys do nothing here.")).to_be_visible()
    await page.reload()
    await page.get_by_role("button", name="Turn single keys on").click()
    # The menu of a phone stays in the page when it was closed.
    await page.set_viewport_size({"width": 390, "height": 844})
    await page.get_by_role("button", name="Menu").click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.keyboard.press("c")
    await expect(page.get_by_text("Cancel this execution?")).to_have_count(0)
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_be_hidden()
    await expect(page.get_by_text("Cancel this execution?")).to_have_count(0)
    await page.keyboard.press("c")
    await expect(page.get_by_text("Cancel this execution?")).to_be_visible()
    await confirm(page, "Cancel execution")
    await expect(status_of(page)).to_have_text("Cancelled")
    await tab(page, "Raw").click()
    await expect(page.get_by_role("treeitem", name='status: "CANCELLED"')).to_be_visible()
    await expect(page.get_by_text("curl --silent")).to_contain_text(f"{ratchet.server}/api/v1/executions/")
