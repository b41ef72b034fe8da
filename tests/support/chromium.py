"""Finds a Chromium for the tests, or brings one. `python -m tests.support.chromium` prints what it found."""

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
INSTALL_S = 300
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    # A page that a visitor opens gets no process of its own: to start one and to read all scripts anew takes
    # more than half of what opening a page costs.
    "--process-per-site",
    "--disable-site-isolation-trials",
]
# What Playwright turns off itself: of two such lists, the browser heeds the last.
OFF_ANYWAY = (
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "TcpPortRandomizationWin",
    "ThirdPartyStoragePartitioning",
    "AimEnabled",
)
# Pages of the browser's own, for its address bar: with each visitor it would load both, which nobody sees.
UNSEEN = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup")
# For tests, whose pages live for seconds: compiling a script to its best takes longer than it ever saves.
# Nothing that is measured runs with these.
HASTY = [
    *FLAGS,
    "--js-flags=--no-opt --no-maglev",
    f"--disable-features={','.join((*OFF_ANYWAY, *UNSEEN))}",
]


class NoChromiumError(Exception):
    """There is no Chromium here and none could be brought."""


@cache
def find() -> Path:
    """Return the path of a Chromium: the named one, the system's, Playwright's, or Debian's, installed now.

    Raises:
        NoChromiumError: there is none, and none could be installed.
    """
    found = _named() or _on_the_system() or _of_playwright() or _of_debian()
    if found is None:
        raise NoChromiumError(
            "There is no Chromium for the browser tests and none could be installed: "
            "install one and set CHROMIUM_PATH to its program."
        )
    return found


def _named() -> Path | None:
    named = os.environ.get("CHROMIUM_PATH")
    if not named:
        return None
    if not shutil.which(named):
        raise NoChromiumError(f"CHROMIUM_PATH names {named}, which does not run.")
    return Path(named)


def _on_the_system() -> Path | None:
    return next((Path(path) for path in map(shutil.which, NAMES) if path), None)


def _of_playwright() -> Path | None:
    with sync_playwright() as playwright:
        program = Path(playwright.chromium.executable_path)
    if not program.exists():
        _try([sys.executable, "-m", "playwright", "install", "chromium"])
    return program if program.exists() else None


def _of_debian() -> Path | None:
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return None
    _try(["apt-get", "update", "-qq"])
    _try(["apt-get", "install", "-qq", "--yes", "--no-install-recommends", "chromium"])
    return _on_the_system()


def _try(command: list[str]) -> None:
    print(f"Looking for a Chromium: {' '.join(command)}", file=sys.stderr)
    try:
        subprocess.run(command, stdout=sys.stderr, check=True, timeout=INSTALL_S)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        print(error, file=sys.stderr)


if __name__ == "__main__":
    try:
        print(f"Browser tests run in {find()}")
    except NoChromiumError as error:
        sys.exit(str(error))
