"""Writing a task: two people at one, leaving with something unsaved, what was, and trying a draft."""

import httpx
from playwright.async_api import Page, expect

from ratchet_web.models.executions import ExecutionQuery
from ratchet_web.models.tasks import TaskChange
from tests.e2e.steps import is_live, new_task, tab, write
from tests.e2e.test_axe import turn, wrongs

THEIRS, MINE = (f"async function main() {{ return '{who}'; }}" for who in ("theirs", "mine"))


def versions_panel(page: Page):
    return page.get_by_role("region", name="Two versions")


async def test_nobodys_work_is_lost_when_two_people_change_a_task(open_page, ratchet):
    task = await new_task(ratchet, "two-people", description="As it was")
    page = await open_page(f"/tasks/{task.id}/edit")
    source, save = page.get_by_role("textbox", name="Source"), page.get_by_role("button", name="Save task")
    description = page.get_by_label("Description")
    await write(page, "Source", MINE)
    await ratchet.tasks.change(task.id, TaskChange(source_code=THEIRS, description="Theirs"))
    await expect(page.get_by_text("Changed by someone else since you opened it.")).to_be_visible()
    await save.click()

    panel = versions_panel(page)
    await expect(panel).to_contain_text("Revision 2")
    compared = panel.get_by_role("region", name="Source: theirs and yours")
    await expect(compared).to_contain_text("theirs")
    await expect(compared).to_contain_text("mine")
    await expect(panel.get_by_role("button", name="Keep mine")).to_be_focused()
    assert await wrongs(page, within=panel) == []
    await turn(page, dark=False)
    await panel.get_by_role("button", name="Take theirs").click()
    await expect(source).to_contain_text("theirs")
    await expect(description).to_have_value("Theirs")
    bring_back = page.get_by_role("button", name="Bring it back")
    await expect(bring_back).to_be_focused()
    await expect(bring_back).to_be_in_viewport(ratio=1)
    await bring_back.click()
    await expect(source).to_contain_text("mine")
    await expect(description).to_have_value("Theirs")

    await ratchet.tasks.change(task.id, TaskChange(version="1.0.1", description="Theirs again"))
    # A reload changes nothing about what the draft was begun from; what nobody touched here is the newest.
    await page.reload()
    await expect(source).to_contain_text("mine")
    await page.get_by_role("button", name="Compare").click()
    await panel.get_by_role("button", name="Go on editing").click()
    await expect(panel).to_have_count(0)
    await save.click()
    await panel.get_by_role("button", name="Keep mine").click()
    await expect(page).to_have_url(f"/tasks/{task.id}")
    now = await ratchet.tasks.get(task.id)
    assert (now.source_code, now.version, now.revision) == (MINE, "1.0.1", 4)


async def test_leaving_with_something_unsaved_asks(open_page, ratchet):
    task = await new_task(ratchet, "left", description="As it was")
    page = await open_page(f"/tasks/{task.id}/edit")
    await is_live(page)
    description = page.get_by_label("Description")
    ask = page.get_by_role("dialog", name="Leave without saving?")
    tasks = page.get_by_role("navigation", name="Main").get_by_role("link", name="Tasks")
    await description.fill("Half a thought")
    await tasks.click()
    await ask.get_by_role("button", name="Stay").click()
    await expect(page).to_have_url(f"/tasks/{task.id}/edit")
    await tasks.click()
    await ask.get_by_role("button", name="Leave", exact=True).click()
    await expect(page.get_by_role("heading", name="Tasks")).to_be_visible()

    await page.go_back()
    await expect(description).to_have_value("Half a thought")
    await page.get_by_role("button", name="Start over").click()
    await expect(description).to_have_value("As it was")
    await description.fill("Another thought")
    await page.get_by_role("link", name="Cancel").click()
    await ask.get_by_role("button", name="Discard the draft").click()
    await page.get_by_role("link", name="Edit", exact=True).click()
    await expect(description).to_have_value("As it was")
    await page.get_by_role("link", name="Cancel").click()
    await expect(page).to_have_url(f"/tasks/{task.id}")

    await page.go_back()
    await description.fill("Too late")
    async with httpx.AsyncClient(base_url=ratchet.server) as plain:
        (await plain.delete(f"/api/v1/tasks/{task.id}")).raise_for_status()
    await page.get_by_role("button", name="Save task").click()
    await expect(page.get_by_text(f"Not saved yet: There is no task {task.id}")).to_be_in_viewport()


async def test_what_a_task_was_is_compared_with_what_it_is_and_restored(open_page, ratchet):
    task = await new_task(ratchet, "versions", THEIRS)
    page = await open_page(f"/tasks/{task.id}")
    await tab(page, "Versions").click()
    rows = page.get_by_role("table", name="Versions").get_by_role("row")
    await expect(rows).to_have_count(2)
    await ratchet.tasks.change(task.id, TaskChange(source_code=MINE, version="1.1.0"))
    await expect(rows).to_have_count(3)
    await page.get_by_role("link", name="Revision 1").click()
    await expect(page).to_have_url(f"/tasks/{task.id}?tab=versions&revision=1")
    await page.reload()
    compared = page.get_by_role("region", name="Source: then and now")
    await expect(compared).to_contain_text("theirs")
    await expect(compared).to_contain_text("mine")
    await expect(page.get_by_role("region", name="Input schema")).to_contain_text("As it is now.")

    await page.get_by_role("button", name="Restore", exact=True).click()
    await page.locator(".ant-popconfirm").get_by_role("button", name="Restore").click()
    await expect(page.get_by_text("is what it was at revision 1")).to_be_visible()
    await expect(rows.nth(1)).to_contain_text("restored from 1")
    now = await ratchet.tasks.get(task.id)
    assert (now.revision, now.version, now.source_code) == (3, "1.0.0", THEIRS)


async def test_a_draft_is_tried_beside_its_source_before_it_is_saved(open_page, ratchet):
    schema = {
        "type": "object",
        "properties": {"rows": {"type": "integer", "title": "Rows", "minimum": 2}},
        "required": ["rows"],
    }
    task = await new_task(ratchet, "tried", input_schema=schema)
    page = await open_page(f"/tasks/{task.id}/edit")
    panel = page.get_by_role("complementary", name="Try it")
    rows, go = panel.get_by_label("Rows"), panel.get_by_role("button", name="Run draft")
    outcome, log = panel.get_by_role("status"), panel.get_by_role("region", name="Log of the draft")
    await expect(rows).to_have_value("2")

    await write(
        page,
        "Source",
        "function main({ rows }) { console.log('go', rows); while (rows > 6) {} return { rows } }",
    )
    await rows.fill("5")
    await page.keyboard.press("ControlOrMeta+Enter")
    await expect(outcome).to_contain_text("Completed in")
    await expect(log).to_have_text("go 5")
    await expect(panel.get_by_label("Output of the draft")).to_contain_text('"rows": 5')
    assert await wrongs(page, within=panel) == []
    await turn(page, dark=False)

    await rows.fill("7")
    await go.click()
    await expect(outcome).to_contain_text("Running")
    await expect(log).to_have_text("go 7")
    await panel.get_by_role("button", name="Stop").click()
    await expect(outcome).to_have_text("Stopped")

    await write(page, "Source", "function main() {\n  throw new DataError('The till is open');\n}")
    await go.click()
    await expect(outcome).to_contain_text("Failed after")
    editor = page.get_by_role("region", name="Source")
    await expect(editor.get_by_role("status")).to_contain_text("Line 2, column 9 When it ran: DataError")
    await panel.get_by_role("button", name="Line 2").click()
    await expect(page.get_by_role("textbox", name="Source")).to_be_focused()

    await write(
        page,
        "Input schema",
        '{ "type": "object", "properties": { "rows": { "type": "integer", "title": "Rows" },'
        ' "day": { "type": "string", "format": "date" } } }',
    )
    await expect(panel.get_by_label("day")).to_have_value("")
    await expect(rows).to_have_value("7")
    # Whoever turned to JSON before the sample was there stays there.
    await panel.get_by_role("tab", name="JSON").click()
    await panel.get_by_role("button", name="Sample input").click()
    await expect(panel.get_by_role("textbox", name="Input as JSON")).to_contain_text("2026-01-31")
    assert (await ratchet.tasks.get(task.id)).revision == 1
    assert not (await ratchet.executions.page(ExecutionQuery(task=task.id))).rows


async def test_a_schema_that_is_none_is_told_at_its_line_and_a_text_is_found(open_page):
    page = await open_page("/tasks/new")
    await page.get_by_role("textbox", name="Source").click()
    await page.keyboard.press("ControlOrMeta+f")
    await expect(page.get_by_role("textbox", name="Find")).to_be_focused()
    await page.keyboard.type("progress")
    await expect(page.locator(".cm-searchMatch")).to_have_text("progress")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("textbox", name="Find")).to_have_count(0)
    await write(
        page, "Input schema", '{\n  "type": "object",\n  "properties": { "a": { "type": "strin" } }\n}'
    )
    found = page.get_by_role("region", name="Input schema").get_by_role("status")
    await expect(found).to_contain_text("Line 3, column 26 must be one of")


async def test_a_schema_is_edited_as_fields_and_keeps_what_they_do_not_know(open_page, ratchet):
    schema = {
        "type": "object",
        "properties": {"mail": {"type": "string", "format": "email", "x-ours": 1}},
        "additionalProperties": False,
    }
    task = await new_task(
        ratchet, "fields", input_schema=schema, output_schema={"oneOf": [{"type": "string"}]}
    )
    page = await open_page(f"/tasks/{task.id}/edit")
    card = page.get_by_role("region", name="Input schema")
    await card.get_by_role("tab", name="Fields").click()
    names, kinds = card.get_by_role("textbox", name="Name", exact=True), card.get_by_role("combobox")
    await card.get_by_label("Required mail").check()
    await card.get_by_role("button", name="Add field", exact=True).click()
    await expect(names.last).to_be_focused()
    await page.keyboard.press("ControlOrMeta+a")
    await page.keyboard.type("mail")
    await page.keyboard.press("Enter")
    await expect(card.get_by_role("alert")).to_have_text("There is a field of this name.")
    await page.keyboard.type("s")
    await page.keyboard.press("Enter")
    await expect(names.last).to_be_focused()
    await kinds.last.select_option("Whole number")
    await card.get_by_role("button", name="More of mails").click()
    await card.get_by_label("Least").fill("1")
    await card.get_by_label("Allowed values").fill("1\n2\n2")
    await card.get_by_role("button", name="Move mails up").click()
    await expect(names.first).to_have_value("mails")
    await expect(card.get_by_text("Also in the JSON: additionalProperties")).to_be_visible()
    await card.get_by_role("button", name="Remove mail", exact=True).click()
    await expect(names).to_have_count(1)
    await card.get_by_role("button", name="Undo").click()
    await expect(names).to_have_count(2)

    other = page.get_by_role("region", name="Output schema")
    await other.get_by_role("tab", name="Fields").click()
    await expect(other).to_contain_text("cannot be shown as fields. It is made of other schemas (oneOf)")
    await card.get_by_role("tab", name="JSON").click()
    await expect(page.get_by_role("textbox", name="Input schema")).to_contain_text('"x-ours": 1')
    await page.get_by_role("button", name="Save task").click()
    await expect(page).to_have_url(f"/tasks/{task.id}")
    saved = (await ratchet.tasks.get(task.id)).input_schema
    assert saved == schema | {
        "properties": {"mails": {"type": "integer", "minimum": 1, "enum": [1, 2]}, **schema["properties"]},
        "required": ["mail"],
    }
    assert list(saved["properties"]) == ["mails", "mail"]
