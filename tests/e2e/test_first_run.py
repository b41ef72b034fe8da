"""The first hour of a new user: look at the examples, write a task, run it, see what it does."""

import json

from playwright.async_api import expect

from ratchet_web.models.tasks import TaskChange
from tests.e2e.steps import HELD, Gate, log_of, new_id, new_task, row_of, status_of, tab, unique, write

EXAMPLES = ("add-numbers", "fetch-status", "flaky-sync", "long-report", "text-stats")
INPUT_SCHEMA = """{
  "type": "object",
  "properties": {
    "gate": { "type": "string", "title": "Gate" },
    "amount": { "type": "integer", "title": "Amount", "minimum": 1, "default": 3 }
  },
  "required": ["gate", "amount"]
}"""
OUTPUT_SCHEMA = '{ "type": "object", "required": ["answer"] }'


async def test_the_five_example_tasks_are_there(open_page):
    # The oldest come first: other tests have made tasks as well.
    page = await open_page("/tasks?sort=id")
    for name in EXAMPLES:
        await expect(row_of(page, name)).to_be_visible()


async def test_a_new_task_is_written_and_run_and_watched(open_page, ratchet):
    gate = await Gate.closed(ratchet)
    page = await open_page("/tasks")
    await page.get_by_role("link", name="New task").click()
    name = unique("written-by-hand")
    await page.get_by_role("textbox", name="Name", exact=True).fill(name)
    await page.get_by_label("Description").fill("Written in a test")
    await write(page, "Source", HELD)
    await write(page, "Input schema", INPUT_SCHEMA)
    await write(page, "Output schema", OUTPUT_SCHEMA)
    await page.get_by_role("button", name="Save task").click()
    await new_id(page, "tasks")
    await expect(page.get_by_role("heading", name=name)).to_be_visible()

    await page.get_by_role("button", name="Run…").click()
    dialog = page.get_by_role("dialog", name="Run a task")
    await dialog.get_by_label("Gate").fill(gate.input["gate"])
    await expect(dialog.get_by_label("Amount")).to_have_value("3")
    await dialog.get_by_role("button", name="Run", exact=True).click()
    await new_id(page, "executions")

    await expect(status_of(page)).to_have_text("Running")
    await expect(log_of(page)).to_contain_text("The first line")
    await expect(page.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "40")
    await expect(page.get_by_text("half way there")).to_be_visible()
    await expect(log_of(page)).not_to_contain_text("The last line")
    await gate.open()
    await expect(log_of(page)).to_contain_text("The last line")
    await expect(status_of(page)).to_have_text("Completed")
    await tab(page, "Input & output").click()
    await expect(page.get_by_role("tree", name="Output")).to_contain_text("answer: 42")
    await expect(page.get_by_role("tree", name="Input")).to_contain_text("amount: 3")


async def test_a_source_that_does_not_parse_shows_its_line_while_typing_and_cannot_be_saved(open_page):
    page = await open_page("/tasks/new")
    name = unique("broken")
    await page.get_by_role("textbox", name="Name", exact=True).fill(name)
    source = "async function main(input) {\n  const one = 1;\n  return one +;\n}\n"
    await write(page, "Source", source)
    editor = page.get_by_role("region", name="Source")
    await expect(editor.get_by_role("status")).to_contain_text("Line 3, column")
    await page.get_by_role("button", name="Save task").click()
    await expect(page.get_by_text("Not saved yet: mend what is marked above.")).to_be_visible()
    await expect(page.get_by_role("textbox", name="Source")).to_be_focused()
    await expect(editor.get_by_role("status")).to_contain_text("Unexpected token")
    await expect(page).to_have_url("/tasks/new")
    await expect(page.get_by_role("textbox", name="Name", exact=True)).to_have_value(name)
    await expect(page.get_by_role("textbox", name="Source")).to_contain_text("return one +;")

    await write(page, "Source", source.replace("+;", "+ 1;"))
    await expect(editor.get_by_role("status")).not_to_contain_text("Line")
    await page.get_by_role("button", name="Save task").click()
    await expect(page.get_by_role("heading", name=name)).to_be_visible()


async def test_a_schema_that_is_no_json_is_told_at_its_editor_and_nothing_typed_is_lost(open_page):
    page = await open_page("/tasks/new")
    name = unique("no-json")
    await page.get_by_role("textbox", name="Name", exact=True).fill(name)
    await write(page, "Output schema", '{ "type": object }')
    output = page.get_by_role("region", name="Output schema")
    await expect(output.get_by_role("status")).to_contain_text("Line 1, column 11")
    await write(page, "Input schema", '{ "type": "objekt" }')
    await page.get_by_role("button", name="Save task").click()
    await expect(page.get_by_role("region", name="Input schema").get_by_role("alert")).to_contain_text(
        "schema.type must be one of"
    )
    await expect(output.get_by_role("alert")).to_contain_text("not JSON")
    await expect(page.get_by_role("textbox", name="Output schema")).to_contain_text('"type": object')
    await expect(page.get_by_role("textbox", name="Name", exact=True)).to_have_value(name)


async def test_a_name_that_is_taken_is_told_at_the_name(open_page, ratchet):
    task = await new_task(ratchet, "taken")
    page = await open_page("/tasks/new")
    await page.get_by_role("textbox", name="Name", exact=True).fill(task.name)
    await page.get_by_role("button", name="Save task").click()
    await expect(page.get_by_role("alert")).to_contain_text(task.name)
    await expect(page.get_by_role("textbox", name="Name", exact=True)).to_have_value(task.name)


async def test_an_edited_task_opens_with_what_it_was_and_shows_what_it_is(open_page, ratchet):
    task = await new_task(ratchet, "edited", description="As it was")
    page = await open_page(f"/tasks/{task.id}")
    await page.get_by_role("link", name="Edit").click()
    await expect(page.get_by_label("Description")).to_have_value("As it was")
    await page.get_by_label("Description").fill("As it is")
    await page.get_by_role("button", name="Save task").click()
    await expect(page.get_by_text("As it is", exact=True)).to_be_visible()
    await expect(page).to_have_url(f"/tasks/{task.id}")


async def test_the_form_and_its_json_are_the_same_value(open_page, ratchet):
    schema = {
        "type": "object",
        "properties": {
            "title": {"type": "string", "title": "Title"},
            "size": {"type": "integer", "title": "Size"},
        },
        "required": ["title"],
    }
    task = await new_task(ratchet, "two-views", input_schema=schema)
    page = await open_page(f"/tasks/{task.id}?run={task.id}")
    dialog = page.get_by_role("dialog", name="Run a task")
    await dialog.get_by_label("Title").fill("From the form")
    await dialog.get_by_role("tab", name="JSON").click()
    await expect(dialog.get_by_role("textbox", name="Input as JSON")).to_contain_text("From the form")
    await write(page, "Input as JSON", '{ "title": "From JSON", "size": 7 }')
    await dialog.get_by_role("tab", name="Form").click()
    await expect(dialog.get_by_label("Title")).to_have_value("From JSON")
    await expect(dialog.get_by_label("Size")).to_have_value("7")
    await dialog.get_by_role("button", name="Run", exact=True).click()
    await expect(status_of(page)).to_have_text("Completed")
    await tab(page, "Input & output").click()
    await expect(page.get_by_role("tree", name="Output")).to_contain_text("size: 7")


async def test_an_input_as_long_as_one_may_be_reaches_the_server(open_page, ratchet):
    task = await new_task(ratchet, "long")
    page = await open_page(f"/tasks/{task.id}?run={task.id}")
    # On its way each of these takes four bytes.
    text = json.dumps({"quotes": '"' * 490_000})
    await write(page, "Input as JSON", text)
    await page.get_by_role("button", name="Run", exact=True).click()
    execution = await ratchet.executions.get(await new_id(page, "executions"))
    assert execution.input == json.loads(text)


async def test_a_value_that_breaks_the_schema_is_told_at_its_field_by_the_browser_and_by_the_server(
    open_page, ratchet
):
    def schema(most: int) -> dict[str, object]:
        size = {"type": "integer", "title": "Size", "minimum": 1, "maximum": most}
        return {"type": "object", "properties": {"size": size}, "required": ["size"]}

    task = await new_task(ratchet, "bounded", input_schema=schema(100))
    page = await open_page(f"/tasks/{task.id}?run={task.id}")
    dialog = page.get_by_role("dialog", name="Run a task")
    size, go = dialog.get_by_label("Size"), dialog.get_by_role("button", name="Run", exact=True)
    await size.fill("0")
    await go.click()
    await expect(dialog.get_by_text("Must be at least 1")).to_be_visible()
    await expect(size).to_be_focused()

    await ratchet.tasks.change(task.id, TaskChange(input_schema=schema(5)))
    await size.fill("50")
    await go.click()
    await expect(dialog.get_by_text("greater than the maximum of 5")).to_be_visible()
    await expect(size).to_have_value("50")
    await size.fill("5")
    await go.click()
    await expect(status_of(page)).to_have_text("Completed")


async def test_what_was_not_saved_survives_a_reload_and_what_was_saved_leaves_no_trace(open_page):
    page = await open_page("/tasks/new")
    name, named = unique("draft"), page.get_by_role("textbox", name="Name", exact=True)
    source = page.get_by_role("textbox", name="Source")
    await named.fill(name)
    await write(page, "Source", "async function main() { return 'a draft'; }")
    await page.reload()
    await expect(named).to_have_value(name)
    await expect(source).to_contain_text("a draft")
    await page.get_by_role("button", name="Save task").click()
    await expect(page.get_by_role("heading", name=name)).to_be_visible()
    await page.goto("/tasks/new")
    await expect(source).to_contain_text("Greeting")
    await expect(named).to_have_value("")
