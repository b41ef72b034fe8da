"""What the journeys share: work prepared through the API, and what a person finds and does on a page."""

import csv
import re
from itertools import count
from pathlib import Path
from typing import Any

from playwright.async_api import Locator, Page, expect

from ratchet_web.api import Ratchet
from ratchet_web.models.executions import Execution, NewExecution
from ratchet_web.models.tasks import NewTask, Task

ENDLESS = "async function main() { console.log('round and round'); while (true) {} }"
FAILING = """async function main() {
  console.log("about to fail");
  throw new DataError("The till does not balance");
}
"""
# Holds until the task that `input.gate` addresses is enabled.
HELD = """async function main({ gate }) {
  console.log("The first line");
  progress(0.4, "half way there");
  while (!(await (await fetch(gate)).json()).data.enabled) await sleep(40);
  console.log("The last line");
  progress(1);
  return { answer: 42 };
}
"""
_numbers = count(1)


def unique(stem: str) -> str:
    """Return a name that no other test uses."""
    return f"{stem}-{next(_numbers)}"


async def new_task(
    ratchet: Ratchet, stem: str, source: str = "async function main(input) { return input; }", **fields: Any
) -> Task:
    """Create a task."""
    return await ratchet.tasks.create(NewTask(name=unique(stem), source_code=source, **fields))


async def run(ratchet: Ratchet, task: Task, input: Any = None) -> Execution:
    """Run a task once."""
    return await ratchet.executions.create(NewExecution(task_id=task.id, input=input or {}))


async def ended(ratchet: Ratchet, execution: Execution) -> Execution:
    """Wait until an execution has ended, with all that it prints."""
    async with ratchet.executions.logs.follow(execution.id) as pages:
        async for _ in pages:
            pass
    return await ratchet.executions.get(execution.id)


class Gate:
    """What holds back a task with the source `HELD` until the test opens it."""

    def __init__(self, ratchet: Ratchet, task: Task) -> None:
        self._ratchet, self._task = ratchet, task
        self.input = {"gate": f"{ratchet.server}/api/v1/tasks/{task.id}"}

    @classmethod
    async def closed(cls, ratchet: Ratchet) -> "Gate":
        """Return a closed one."""
        return cls(ratchet, await new_task(ratchet, "gate", enabled=False))

    async def open(self) -> None:
        """Let the task go on."""
        await self._ratchet.tasks.enable(self._task.id)


def row_of(page: Page, link: str) -> Locator:
    """Return the row of a table that holds a link with this text."""
    return page.get_by_role("row").filter(has=page.get_by_role("link", name=link, exact=True))


def tab(page: Page, name: str) -> Locator:
    """Return the link of a tab of the page."""
    return page.get_by_role("navigation", name="Sections").get_by_role("link", name=name)


def segment(page: Page, group: str, name: str) -> Locator:
    """Return one of the choices above a list, whatever its count."""
    links = page.get_by_role("navigation", name=group, exact=True).get_by_role("link")
    return links.filter(has_text=re.compile(f"^{name}"))


def status_of(page: Page) -> Locator:
    """Return the status beside the title of a detail page."""
    return page.locator(".title .status")


def log_of(page: Page) -> Locator:
    """Return the text of the log."""
    return page.get_by_role("region", name="Log output")


def freshness(page: Page) -> Locator:
    """Return what the live indicator tells on a press, pressed or not."""
    return page.locator("#live-panel")


def banner(page: Page) -> Locator:
    """Return what says that the data is not to be trusted."""
    return page.locator(".banner")


async def write(page: Page, editor: str, text: str) -> None:
    """Replace the text of an editor by typing."""
    box = page.get_by_role("textbox", name=editor, exact=True)
    await box.click()
    await page.keyboard.press("ControlOrMeta+a")
    await page.keyboard.insert_text(text)


async def confirm(page: Page, answer: str) -> None:
    """Answer the question that a button asks."""
    await page.get_by_role("button", name=answer, exact=True).click()


async def is_live(page: Page) -> None:
    """Wait until the page says that its data is live."""
    await expect(page.locator(".live")).to_have_text("Live")


async def new_id(page: Page, noun: str, other_than: str = "") -> str:
    """Wait until the page of a row is open, other than that of `other_than`; return its id."""
    not_it = f"(?!{other_than}(?!\\d))" if other_than else ""
    address = re.compile(rf"/{noun}/{not_it}(\d+)(?:[?#]|$)")
    await expect(page).to_have_url(address)
    found = address.search(page.url)
    assert found
    return found[1]


def read_csv(path: Path) -> list[dict[str, str]]:
    """Return the rows of a file."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
