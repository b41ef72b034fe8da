"""`python -m tests.pictures`: takes the pictures of the documents, of a real console, into docs/images/."""

import asyncio
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from ratchet_web.api import Ratchet
from ratchet_web.cli.places import ROOT
from ratchet_web.server.examples.history import Sizes
from ratchet_web.server.seeds import seed
from tests.shots import browser_of, system_in, take, work
from tests.support.chromium import find
from tests.support.server import eventually
from tests.support.system import System

FOLDER = ROOT / "docs" / "images"
SIZE = {"width": 1280, "height": 800}
# What `tests/shots.py` calls the page, and what its picture is called.
TAKEN = {
    "executions": "executions",
    "execution": "execution",
    "execution-rerun": "rerun",
    "jobs-queue": "queue",
    "schedules-timeline": "timeline",
}
# Of a server that has a past.
PAST = {"dashboard": "/?range=7d", "failures": "/failures"}


def file_of(picture: str) -> Path:
    """Return where a picture is kept."""
    return FOLDER / f"{picture}.png"


async def main(chromium: Path) -> None:
    """Start a system, work, take the pictures, stop; and again with a past."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        past = Path(folder, "past")
        seed(past, Sizes(executions=20_000, jobs=500, log_lines=100), int(time.time() * 1000))
        async with browser_of(chromium) as browser:
            page = await browser.new_page(viewport=SIZE, color_scheme="light")
            async with system_in(Path(folder, "work")) as system, Ratchet(system.api_url) as ratchet:
                pages = await work(ratchet)
                taken = {picture: pages[name] for name, picture in TAKEN.items()}
                await take(page, system.url, taken, file_of)
            async with system_in(past) as system:
                await eventually(lambda: week_of(system), lambda ended: None not in ended)
                await take(page, system.url, PAST, file_of)


async def week_of(system: System) -> list[int | None]:
    """Return how many executions completed in each hour of a week; None where it is not counted yet."""
    span = {"resolution": "1h", "from": (datetime.now(UTC) - timedelta(days=7)).isoformat()}
    async with httpx.AsyncClient(base_url=system.api_url, trust_env=False) as client:
        answer = await client.get("/series", params=span)
    completed: list[int | None] = answer.raise_for_status().json()["data"]["completed"]
    return completed


if __name__ == "__main__":
    asyncio.run(main(find()))
