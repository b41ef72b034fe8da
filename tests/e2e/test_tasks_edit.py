"""Writing a task: two people at one, leaving with something unsaved, what was, and trying a draft."""

from playwright.async_api import Page, expect

from ratchet_web.models.tasks import TaskChange
from tests.e2e.steps import is_live, new_task, write

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
    await panel.get_by_role("button", name="Take theirs").click()
    await expect(source).to_contain_text("theirs")
    await expect(description).to_have_value("Theirs")
    await page.get_by_role("button", name="Bring it back").click()
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
