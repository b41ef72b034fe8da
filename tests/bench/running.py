"""A running system and a browser for the benches."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
from playwright.async_api import Browser, async_playwright

from tests.support import system
from tests.support.chromium import FLAGS, find

FINAL = ("COMPLETED", "FAILED", "CANCELLED")


class System:
    """The real thing on free ports, and plain HTTP to its server: no client of ours is in the measure."""

    def __init__(self, running: system.System, http: httpx.AsyncClient) -> None:
        self._http, self._running = http, running
        self.web = running.url
        self.console, self.server = running.console, running.server

    async def post(self, path: str, body: dict[str, Any]) -> Any:
        """Return what was created."""
        answer = await self._http.post(path, json=body)
        answer.raise_for_status()
        return answer.json()["data"]

    async def patch(self, path: str, body: dict[str, Any]) -> None:
        """Change a row."""
        (await self._http.patch(path, json=body)).raise_for_status()

    async def text(self, path: str) -> str:
        """Return what stands at a path."""
        return (await self._http.get(path)).raise_for_status().text

    async def get(self, path: str) -> Any:
        """Return one row."""
        return (await self._http.get(path)).raise_for_status().json()["data"]

    async def create_task(self, name: str, source: str, **more: Any) -> str:
        """Return the id of a new task."""
        task = await self.post("/tasks", {"name": name, "version": "1.0.0", "sourceCode": source, **more})
        return str(task["id"])

    async def run(self, task: str, input: Any) -> str:
        """Return the id of a new execution."""
        return str((await self.post("/executions", {"taskId": task, "input": input}))["id"])

    async def execution_of(self, job: str) -> str:
        """Return the execution of a job, as soon as there is one."""
        while True:
            if id := (await self.get(f"/jobs/{job}"))["executionId"]:
                return str(id)
            await asyncio.sleep(0.005)

    async def finished(self, execution: str) -> float:
        """Wait for the end of an execution; return when the server says that it ended, in epoch ms."""
        while True:
            row = await self.get(f"/executions/{execution}")
            if row["status"] in FINAL:
                return datetime.fromisoformat(row["completedAt"]).timestamp() * 1000
            await asyncio.sleep(0.005)

    async def run_something(self) -> None:
        """Fill a page of the list."""
        task = await self.create_task("fill", "function main(input) { return input; }")
        for number in range(30):
            await self.finished(await self.run(task, number))


@asynccontextmanager
async def running_system(data_dir: Path | None = None, **settings: object) -> AsyncIterator[System]:
    """Start a system with a data directory of its own, unless one is named, and stop it."""
    with tempfile.TemporaryDirectory() as directory:
        running = system.System(data_dir or Path(directory), **settings)
        await asyncio.to_thread(running.start)
        try:
            async with httpx.AsyncClient(base_url=running.api_url, timeout=30) as http:
                yield System(running, http)
        finally:
            await asyncio.to_thread(running.stop)


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    """Start a browser without any visitor."""
    path = await asyncio.to_thread(find)
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield launched
        await launched.close()
