"""What `make export` packs, set up as `deploy/` does: nginx before the pages, two consoles, one Redis."""

import compileall
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from zipfile import ZipFile

import httpx
import pytest
from playwright.async_api import expect

from ratchet_web.cli.export import BACKEND, FRONTEND, HEADERS, export, nginx_headers
from ratchet_web.cli.places import CLIENT, ROOT
from ratchet_web.gate import SECURITY, headers_of
from tests.e2e.steps import is_live, new_task, row_of, run, status_of
from tests.support import nginx
from tests.support.people import PASSWORD, add_first, client_of
from tests.support.redis import Redis
from tests.support.system import clean_environment, free_ports

# A socket that breaks off is told of by the browser; so is one that nobody takes at this moment.
GONE = pytest.mark.console_errors(
    "WebSocket connection", "ERR_(CONNECTION|EMPTY_RESPONSE|CONTENT_LENGTH_MISMATCH)", "status of 50[234]"
)
READY_S = 60.0
STOP_S = 20.0
TALKING = "async function main() { for (let n = 1; ; n++) { console.log(`n=${n}.`); await sleep(100); } }"
SITES = pytest.mark.parametrize("site", sorted(path.name for path in nginx.DEPLOY.glob("ratchet-web*.conf")))
UNPACKED = "/srv/ratchet-web/frontend"
NEWEST = """(least) => {
  const lines = document.querySelector(".log-box")?.textContent.matchAll(/n=([0-9]+)[.]/g) ?? [];
  const last = Math.max(0, ...[...lines].map((line) => Number(line[1])));
  return last >= least && last;
}"""


class Part:
    """One process of the installation, on a port of its own, started and stopped by itself."""

    def __init__(self, folder: Path, path: str, *arguments: str, **settings: object) -> None:
        (self.port,) = free_ports(1)
        self._folder, self._arguments = folder, arguments
        self._url = f"http://127.0.0.1:{self.port}{path}"
        name = "RATCHET_WEB_PORT" if "ui" in arguments else "RATCHET_SERVER_PORT"
        chosen = {name: self.port, **{f"RATCHET_{key}".upper(): value for key, value in settings.items()}}
        self._environment = clean_environment() | {key: str(value) for key, value in chosen.items()}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [sys.executable, "-m", "ratchet_web", *self._arguments]
        self._process = subprocess.Popen(
            command, cwd=self._folder, env=self._environment, start_new_session=True
        )
        deadline = time.monotonic() + READY_S
        while not self._answers():
            assert self._process.poll() is None, f"{self._arguments} ended"
            assert time.monotonic() < deadline, f"{self._arguments} does not answer"
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop it as an operator does."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(STOP_S)
            # Its port is free for the next start only once all of it has ended.
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process = None

    @contextmanager
    def running(self) -> Iterator["Part"]:
        """Run it for a while."""
        try:
            self.start()
            yield self
        finally:
            self.stop()

    def _answers(self) -> bool:
        try:
            return httpx.get(self._url, timeout=1, trust_env=False).status_code < 500
        except httpx.TransportError:
            return False


@pytest.fixture(scope="module")
def exported(built, tmp_path_factory):
    """Where both archives are unpacked."""
    folder = tmp_path_factory.mktemp("exported")
    export(folder, "")
    for name in (FRONTEND, BACKEND):
        ZipFile(folder / name).extractall(folder / name.removesuffix(".zip"))
    # Once, as pip does with what it installs: else each start would, where Python may not keep it.
    compileall.compile_dir(folder / "backend", quiet=2)
    (folder / HEADERS).rename(folder / "frontend" / HEADERS)
    return folder


def with_nobody_behind(folder: Path, site: str) -> dict[str, str]:
    """Return what to change of a file of `deploy/nginx` so that it serves a folder, before no console."""
    (folder / HEADERS).write_text(nginx_headers(SECURITY))
    named, nobody = (nginx.DEPLOY / site).read_text(), [f"127.0.0.1:{port}" for port in free_ports(2)]
    places = [f"127.0.0.1:300{at}" for at in range(2)] + [f"console-{at}:3000" for at in range(2)]
    elsewhere = {UNPACKED: str(folder), **dict(zip(places, nobody * 2, strict=True))}
    return {old: new for old, new in elsewhere.items() if old in named}


@SITES
def test_nginx_understands_what_deploy_has(tmp_path, site):
    nginx.check(tmp_path, site, with_nobody_behind(tmp_path, site))


@SITES
def test_nginx_lets_nobody_try_many_passwords(tmp_path, site):
    path = "/ratchet/console/login" if "prefix" in site else "/console/login"
    with (
        nginx.serving(tmp_path, site, with_nobody_behind(tmp_path, site)) as url,
        httpx.Client(base_url=url, verify=False, trust_env=False) as browser,
    ):
        answers = [browser.post(path, json={}) for _ in range(7)]
    assert [each.status_code for each in answers] == [502] * 6 + [429]
    # As the sign-in page reads it.
    assert answers[-1].json()["message"].startswith("There were too many tries.")


def test_nginx_gives_pages_anew_after_an_upgrade(tmp_path):
    site, page = "ratchet-web-static.conf", tmp_path / "index.html"
    with (
        nginx.serving(tmp_path, site, with_nobody_behind(tmp_path, site)) as url,
        httpx.Client(base_url=url, verify=False, trust_env=False) as browser,
    ):
        served, known = [], {}
        # Both as long as the other, and of the one date that files of an archive have.
        for text in ("before", "after!"):
            page.write_text(text)
            os.utime(page, (0, 0))
            answer = browser.get("/tasks", headers=known)
            served.append(answer.text)
            names = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}
            known = {asked: answer.headers[told] for told, asked in names.items() if told in answer.headers}
    assert served == ["before", "after!"]


@GONE
async def test_consoles_restart_one_by_one_behind_nginx_and_no_click_is_lost(exported, visitors, tmp_path):
    add_first(tmp_path / "data")
    redis = Redis()
    with ExitStack() as stack:
        stack.callback(redis.stop)
        redis.start()
        data = {"data_dir": tmp_path / "data", "server_auth": "on"}
        server = stack.enter_context(Part(ROOT, "/health", "server", **data).running())
        shared = {
            "api_url": f"http://127.0.0.1:{server.port}/api/v1",
            "web_auth": "ratchet",
            "web_redis_url": redis.url,
            "web_undo_s": 0,
        }
        ui = ("ui", "--backend-only")
        consoles = [
            stack.enter_context(Part(exported / "backend", "/ping", *ui, **shared).running())
            for _ in range(2)
        ]
        places = {f"127.0.0.1:300{at}": f"127.0.0.1:{each.port}" for at, each in enumerate(consoles)}
        places[UNPACKED] = str(exported / "frontend")
        site = stack.enter_context(nginx.serving(tmp_path, "ratchet-web-static.conf", places))
        async with await client_of(shared["api_url"], "ann") as api:
            await headers_are_those_of_the_console(site)
            await journey(visitors.of(site, once=True), api, consoles)


async def headers_are_those_of_the_console(site):
    async with httpx.AsyncClient(base_url=site, verify=False, trust_env=False) as browser:
        page = await browser.get("/tasks")
        assert page.status_code == 200
        assert page.headers.items() >= {**headers_of(CLIENT), "cache-control": "no-cache"}.items()
        asset = page.text.partition('"modulepreload" href="')[2].partition('"')[0]
        built = await browser.get(asset)
        assert built.headers.items() >= headers_of(CLIENT).items()
        assert built.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert built.headers["content-encoding"] == "gzip"
        assert (await browser.get("/assets/none.js")).status_code == 404
        assert (await browser.get(f"/{HEADERS}")).status_code == 404


async def journey(open_page, api, consoles):
    """Sign in, watch a log, and press buttons while one console after the other restarts."""
    talking = await run(api, await new_task(api, "talking", TALKING))
    tasks = [await new_task(api, f"switched-{at}") for at in range(len(consoles))]
    page = await open_page(f"/executions/{talking.id}", ignore_https_errors=True)
    await page.get_by_label("User name").fill("ann")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await is_live(page)
    other = await page.context.new_page()
    for console, task in zip(consoles, tasks, strict=True):
        await other.goto("/tasks")
        switch = row_of(other, task.name).get_by_role("switch")
        await expect(switch).to_be_checked()
        console.stop()
        await newest(page, at_least=await newest(page) + 20)
        await is_live(other)
        await switch.click()
        await expect(switch).not_to_be_checked()
        assert not (await api.tasks.get(task.id)).enabled
        console.start()
    await page.get_by_role("button", name="Cancel", exact=True).click()
    await page.get_by_role("button", name="Cancel execution").click()
    await expect(status_of(page)).to_have_text("Cancelled")
    for each in (page, other):
        await each.goto("about:blank")


async def newest(page, at_least=1):
    """Return the number of the last line that a log shows, once it is that large."""
    await is_live(page)
    shown = await page.wait_for_function(NEWEST, arg=at_least)
    return await shown.json_value()
