"""What is needed on this machine."""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator

from ratchet_web.cli import checks
from ratchet_web.cli.build import is_built, is_fresh
from ratchet_web.cli.doctor.findings import Finding, bad, note, ok
from ratchet_web.cli.environment import unknown
from ratchet_web.cli.places import INSTALLED, search_path
from ratchet_web.cli.problems import ProblemError
from ratchet_web.server.access.exposure import wants_login
from ratchet_web.settings import Settings

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PYTHON_OLDEST = (3, 11)
NODE_OLDEST = (22, 22)


def findings(settings: Settings) -> Iterator[Finding]:
    """Yield what was found about this machine, and about what would run on it."""
    yield _python()
    if INSTALLED:
        yield ok("frontend", "came with the package")
    else:
        yield from (_node(), _frontend(), _chromium())
    yield from (bad("setting", text) for text in unknown())
    yield _checked(
        "console port",
        f"{settings.web_host}:{settings.web_port} is free",
        lambda: checks.check_port("RATCHET_WEB", settings.web_host, settings.web_port),
    )
    if settings.web_redis_url is not None:
        good = f"answers, for {settings.web_workers} workers here"
        yield _checked("Redis", good, lambda: checks.check_redis(settings))
    if settings.embedded:
        yield from _embedded(settings)


def _embedded(settings: Settings) -> Iterator[Finding]:
    yield _checked(
        "server port",
        f"{settings.server_host}:{settings.server_port} is free",
        lambda: checks.check_port("RATCHET_SERVER", settings.server_host, settings.server_port),
    )
    yield _checked("exposure", "only those may act who should", lambda: checks.check_exposed(settings))
    yield _checked(
        "data directory",
        f"{settings.data_dir} can be written",
        lambda: checks.check_data_dir(settings.data_dir),
    )
    if (tasks_dir := settings.tasks_dir) is not None:
        yield _checked(
            "tasks directory", f"{tasks_dir} can be read", lambda: checks.check_tasks_dir(tasks_dir)
        )
    wants = "wants a login, which `up` gives the console" if wants_login(settings) else "wants no login"
    yield ok("server", f"RATCHET_API_URL is not set: the embedded one will be started; it {wants}")


def _checked(topic: str, good: str, check: Callable[[], None]) -> Finding:
    try:
        check()
    except ProblemError as problem:
        return bad(topic, str(problem))
    return ok(topic, good)


def _python() -> Finding:
    version = platform.python_version()
    if sys.version_info >= PYTHON_OLDEST:
        return ok("Python", version)
    return bad("Python", f"{version} is too old", "Run `make setup` with Python 3.11 or newer")


def _node() -> Finding:
    node = shutil.which("node", path=search_path())
    if node is None:
        level = note if is_built() else bad
        return level("Node", "not found; only building needs it", "`make setup` brings it")
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    version = tuple(int(part) for part in said.lstrip("v").split(".") if part.isdecimal())
    if version >= NODE_OLDEST:
        return ok("Node", f"{said} ({node})")
    return bad("Node", f"{said} ({node}) is too old to build", "`make setup` brings another")


def _frontend() -> Finding:
    if not is_built():
        return bad("frontend", "not built", "Run `ratchet-web build`")
    if is_fresh():
        return ok("frontend", "built")
    return note("frontend", "built of older sources", "`ratchet-web build` renews it")


def _chromium() -> Finding:
    named = os.environ.get("CHROMIUM_PATH")
    found = named or next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if found and not shutil.which(found):
        return bad(
            "Chromium", f"CHROMIUM_PATH names {found}, which does not run", "Let it name one that does"
        )
    if found:
        return ok("Chromium", found)
    return note("Chromium", "not found; only the tests need it", "`make test` brings it")
