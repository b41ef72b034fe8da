"""Looks at everything that Ratchet Web needs, and says what to do about what is missing."""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from ratchet_web.api import Forbidden, Ratchet, RatchetError
from ratchet_web.cli import checks
from ratchet_web.cli.build import is_built, is_fresh
from ratchet_web.cli.environment import CREDENTIALS, unknown
from ratchet_web.cli.places import search_path
from ratchet_web.cli.problems import ProblemError
from ratchet_web.models.monitoring import Health
from ratchet_web.models.servers import KnownServer
from ratchet_web.models.tasks import TaskQuery
from ratchet_web.server.access.exposure import wants_login
from ratchet_web.settings import Settings

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NODE_OLDEST = (22, 22)


@dataclass(frozen=True)
class Finding:
    """What was found about one thing."""

    topic: str
    well: bool
    text: str


async def doctor(settings: Settings) -> bool:
    """Print one line for each thing that was looked at; return whether all is well."""
    findings = [*_here(settings), *[await _server(settings, known) for known in settings.known_servers]]
    for finding in findings:
        print(f"{'ok ' if finding.well else 'BAD'}  {finding.topic}: {finding.text}")
    return all(finding.well for finding in findings)


def _here(settings: Settings) -> Iterator[Finding]:
    yield Finding("Python", sys.version_info >= (3, 11), platform.python_version())
    yield _node()
    yield _frontend()
    yield _chromium()
    yield from (Finding("setting", False, text) for text in unknown())
    yield _checked(
        "console port",
        f"{settings.web_host}:{settings.web_port} is free",
        lambda: checks.check_port("RATCHET_WEB", settings.web_host, settings.web_port),
    )
    if settings.embedded:
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


def _checked(topic: str, good: str, check: Callable[[], None]) -> Finding:
    try:
        check()
    except ProblemError as problem:
        return Finding(topic, False, str(problem))
    return Finding(topic, True, good)


def _node() -> Finding:
    node = shutil.which("node", path=search_path())
    if node is None:
        return Finding("Node", is_built(), "not found; only building needs it, and `make setup` brings it")
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    version = tuple(int(part) for part in said.lstrip("v").split(".") if part.isdecimal())
    advice = "" if version >= NODE_OLDEST else ": too old to build; `make setup` brings another"
    return Finding("Node", not advice, f"{said} ({node}){advice}")


def _frontend() -> Finding:
    if not is_built():
        return Finding("frontend", False, "not built: run `ratchet-web build`")
    return Finding(
        "frontend", True, "built" if is_fresh() else "built of older sources: `ratchet-web build` renews it"
    )


def _chromium() -> Finding:
    named = os.environ.get("CHROMIUM_PATH")
    found = named or next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if found and not shutil.which(found):
        return Finding("Chromium", False, f"CHROMIUM_PATH names {found}, which does not run")
    return Finding("Chromium", True, found or "not found; only the tests need it, and `make test` brings it")


async def _server(settings: Settings, known: KnownServer) -> Finding:
    """Ask a server; whether it wants a login and knows our token shows when it lists tasks."""
    if settings.embedded:
        wants = "wants a login, which `up` gives the console" if wants_login(settings) else "wants no login"
        told = f"RATCHET_API_URL is not set: the embedded one will be started; it {wants}"
        return Finding("server", True, told)
    topic = f"server {known.name}".strip()
    urls, tokens = (
        ("RATCHET_SERVERS", "RATCHET_SERVER_TOKENS")
        if known.name
        else ("RATCHET_API_URL", "RATCHET_API_TOKEN")
    )
    url = CREDENTIALS.sub("//…@", known.url)
    try:
        wanted = await _wants_token(settings, known)
        health = await _ask(settings, known)
    except Forbidden as error:
        if known.token is None:
            return Finding(topic, False, f"{url} wants a login: set {tokens}")
        return Finding(topic, False, f"{url} refuses the token ({error}): check {tokens}")
    except RatchetError as error:
        return Finding(topic, False, f"{url}: {error} ({urls} names it)")
    login = "it wants a login, and the token works" if wanted else "it wants no login"
    return Finding(topic, True, f"{url} answers: {health.status}; {login}")


async def _wants_token(settings: Settings, known: KnownServer) -> bool:
    try:
        await _ask(settings, replace(known, token=None))
    except Forbidden:
        return True
    return False


async def _ask(settings: Settings, known: KnownServer) -> Health:
    token = known.token.get_secret_value() if known.token else None
    async with Ratchet(known.url, token=token, timeout_s=settings.api_timeout_s) as ratchet:
        health = await ratchet.monitoring.health()
        await ratchet.tasks.page(TaskQuery(limit=1))
    return health
