"""What somebody has who installs the wheel: an environment of its own, no clone, and no Node."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.async_api import expect

from ratchet_web.api import Ratchet
from ratchet_web.cli.places import ROOT
from tests.e2e.steps import new_id, new_task, row_of, status_of
from tests.support.system import System

COMMANDS_S = 300


@pytest.fixture(scope="module")
def installed(built, tmp_path_factory):
    """The directory of an environment that holds the wheel and what it asks for, and nothing else."""
    folder = tmp_path_factory.mktemp("installed")
    done("-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder))
    (wheel,) = folder.glob("*.whl")
    done("-m", "venv", "--without-pip", str(folder / "env"))
    # As `pip install` does, of packages that the clone has fetched already; the lock names the versions.
    python = ["--python", str(folder / "env" / "bin" / "python")]
    lock = ["--constraint", str(ROOT / "requirements.lock")]
    done("-m", "uv", "pip", "install", "--quiet", *python, *lock, str(wheel))
    return folder / "env"


async def test_an_installed_wheel_runs_a_task_without_node(installed, visitors, tmp_path):
    before = files_of(installed)
    system = System(tmp_path / "data")
    system.command, system.folder = [str(installed / "bin" / "ratchet-web"), "up"], tmp_path
    system.environment["PATH"] = str(installed / "bin")
    assert shutil.which("node", path=system.environment["PATH"]) is None
    try:
        system.start()
        page = await visitors.of(system.url, once=True)("/tasks")
        async with Ratchet(system.api_url) as api:
            task = await new_task(api, "plain")
        await row_of(page, task.name).get_by_role("link", name=task.name).click()
        await expect(page.get_by_role("heading", name=task.name)).to_be_visible()
        await page.get_by_role("button", name="Run…").click()
        dialog = page.get_by_role("dialog", name="Run a task")
        await dialog.get_by_role("button", name="Run", exact=True).click()
        await new_id(page, "executions")
        await expect(status_of(page)).to_have_text("Completed")
        await page.goto("about:blank")
    finally:
        system.end()
    # Whoever runs it need not be able to write where it is installed.
    assert files_of(installed) == before


def files_of(installed: Path) -> set[Path]:
    """Return the files of the package, but what Python itself keeps."""
    (package,) = installed.glob("lib/python*/site-packages/ratchet_web")
    return {path for path in package.rglob("*") if path.suffix != ".pyc" and path.is_file()}


def done(*arguments: str) -> None:
    """Run a Python module in the clone."""
    ran = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=os.environ | mirror(),
        capture_output=True,
        text=True,
        timeout=COMMANDS_S,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def mirror() -> dict[str, str]:
    """Return what tells uv of the registry that pip was told of, as setup.sh does."""
    if {"UV_DEFAULT_INDEX", "UV_INDEX_URL"} & os.environ.keys():
        return {}
    asked = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
    told = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    url = os.environ.get("PIP_INDEX_URL") or told
    return {"UV_DEFAULT_INDEX": url} if url else {}
