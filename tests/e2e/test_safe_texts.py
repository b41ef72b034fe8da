"""What anybody can write is text wherever it is shown, nothing leads elsewhere, and no secret comes out."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from urllib.parse import quote, urlencode

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Page, expect
from playwright.async_api import TimeoutError as PlaywrightTimeout

from ratchet_web.api import Ratchet
from ratchet_web.application import PAGES
from ratchet_web.cli.doctor import doctor
from ratchet_web.cli.environment import read_settings
from ratchet_web.models.executions import Execution, ExecutionStatus
from ratchet_web.models.jobs import NewJob
from ratchet_web.models.pages import Query
from ratchet_web.models.pauses import NewPause
from ratchet_web.models.schedules import NewSchedule
from ratchet_web.models.tasks import NewTask, Task
from tests.e2e.steps import is_live, run
from tests.faults.hostile_pages import GO
from tests.support.people import PASSWORD, add_first, client_of
from tests.support.planted import (
    CONSOLE_TOKEN,
    PLANTED,
    TEST,
    Watched,
    bearer,
    found_in,
    kept_in,
    secret_place,
    secret_places,
    token_behind,
    webhook,
)
from tests.support.receiver import Receiver, receiving
from tests.support.redis import Redis
from tests.support.redis import running as running_redis
from tests.support.server import eventually
from tests.support.system import System, running
from tests.support.xss import CORPUS

TEXTS = [*CORPUS]
TEXT = "\n".join(CORPUS)
SHORT = CORPUS[1]
TYPED, TESTED = PLANTED["a token in a draft"], PLANTED["a token of a test"]
EXPORTS = (
    *(f"{noun}/export?format={form}" for noun in ("executions", "jobs") for form in ("csv", "json")),
    *("audit/export?format=csv", "audit/export?format=jsonl", "metrics"),
)
READ_ALL = "paths => Promise.all(paths.map(async path => (await fetch('/console/' + path)).text()))"
SOURCE = """
function main(input) {
  for (const line of input.texts) console.log(line);
  if (input.fails) throw new Error(input.texts.join(" "));
  return { [input.texts[0]]: input.texts };
}
"""
# Beside what the queries of lists have: what other pages read of their addresses.
MORE = ("tab", "edit", "a", "b", "view", "trigger", "next", "bulk", "status", "q", "from")
VIEWS = [{"name": SHORT, "search": f"?task={quote(SHORT)}"}]
KEEP_VIEWS = "views => localStorage.setItem('ratchet.views.executions.', JSON.stringify(views))"
# The router has come to the address, and what it drew has something to show.
ARRIVED = """() => {
  const { location: { pathname, search }, navigation } = window.__reactRouterDataRouter.state;
  const main = document.querySelector("main");
  return pathname + search === location.pathname + location.search && navigation.state === "idle" &&
    main?.innerText.trim() && main.querySelector("h1, h2") && !main.querySelector(".skeleton");
}"""
PAINTED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
SOON_MS = 3_000
# To look at each frame has the page drawn for each.
LOOK_MS = 100
SHOWN = "() => document.querySelector('main').outerHTML.includes('__ran')"
# A policy of content that was not kept says so here, whatever the console of the browser shows.
LISTEN = """() => {
  window.__against = [];
  addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
    window.__against.push(`${violatedDirective} ${blockedURI}`));
}"""


@pytest.fixture(scope="module")
def redis() -> Iterator[Redis]:
    """A Redis with a password."""
    yield from running_redis()


@pytest.fixture(scope="module")
def written(built: None, redis: Redis, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A system where people sign in, which says all that it ever says, with secrets in its settings."""
    data_dir = tmp_path_factory.mktemp("data")
    add_first(data_dir)
    options = {"web_auth": "ratchet", "web_redis_url": redis.url, "server_console_token": CONSOLE_TOKEN}
    yield from running(data_dir, log_level="debug", **options)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def api(written: System) -> AsyncIterator[Ratchet]:
    """A client of its server."""
    async with await client_of(written.api_url, "ann") as client:
        yield client


@pytest_asyncio.fixture(loop_scope="session")
async def receiver() -> AsyncIterator[Receiver]:
    """What webhooks reach; it repeats what it is sent, and says what would run."""
    async with receiving() as listening:
        listening.body = f"{SHORT} {TYPED}".encode()
        yield listening


async def ended(api: Ratchet, begun: Execution, status: ExecutionStatus) -> Execution:
    """Wait until an execution has ended as it should."""
    return await eventually(lambda: api.executions.get(begun.id), lambda row: row.status is status)


async def odd_task(api: Ratchet) -> Task:
    """Make a task with the corpus in all that takes it."""
    schema = {
        "type": "object",
        "title": SHORT,
        "description": TEXT,
        "properties": {"texts": {"title": SHORT}},
    }
    return await api.tasks.create(
        NewTask(
            name="odd",
            description=TEXT[:9000],
            source_code=SOURCE,
            input_schema=schema,
            metadata={SHORT: TEXTS},
        )
    )


async def fill(api: Ratchet, hook: str) -> list[str]:
    """Write the corpus into all that takes texts, and secrets into destinations; return what shows it."""
    task = await odd_task(api)
    begun = [await run(api, task, {"texts": TEXTS, "fails": fails}) for fails in (False, True)]
    job = await api.jobs.create(
        NewJob(task_id=task.id, input={"texts": TEXTS}, output_destinations=secret_places(hook))
    )
    later = NewJob(task_id=task.id, input={SHORT: TEXTS}, scheduled_for="2099-01-01T00:00:00Z")
    waiting = await api.jobs.create(later)
    nightly = NewSchedule(
        task_id=task.id,
        name=SHORT,
        description=TEXT[:9000],
        cron_expression="0 0 3 * * *",
        input={"x": TEXT},
        output_destinations=[secret_place(hook)],
    )
    schedule = await api.schedules.create(nightly)
    good = await ended(api, begun[0], ExecutionStatus.COMPLETED)
    bad = await ended(api, begun[1], ExecutionStatus.FAILED)
    tried = await eventually(
        lambda: api.jobs.deliveries(job.id), lambda rows: len(rows) == 2 and all(row.attempts for row in rows)
    )
    assert tried
    await api.pauses.begin(task.id, NewPause(reason=SHORT))
    return [
        *(
            f"/tasks/{task.id}{more}"
            for more in ("", "?tab=schemas", f"?run={task.id}", "/edit", "/run-many")
        ),
        *("/tasks", "/executions", "/failures", f"/failures/{bad.fingerprint}", "/"),
        f"/executions/compare?a={good.id}&b={bad.id}",
        *(f"/executions/{good.id}", f"/executions/{good.id}?tab=data", f"/executions/{bad.id}"),
        *(f"/executions/{bad.id}?tab=raw", f"/executions/{bad.id}/rerun"),
        *(f"/jobs/{job.id}", f"/jobs/{job.id}?tab=raw", f"/jobs/{waiting.id}?edit=1"),
        *("/jobs", "/jobs/queue", f"/jobs/new?task={task.id}"),
        *("/schedules", "/schedules/timeline", f"/schedules/{schedule.id}"),
        *("/system?tab=settings", "/system?tab=server", "/audit", f"/schedules/{schedule.id}/edit"),
    ]


def odd_addresses() -> list[str]:
    """Return each page with texts in its path and in every parameter that any page reads."""
    names = {*MORE, *(name for kind in Query.__subclasses__() for name in kind.model_fields)}
    asked = urlencode({name: CORPUS[number % len(CORPUS)] for number, name in enumerate(sorted(names))})
    paths = [re.sub(r"\[\w+\]", quote(SHORT, safe=""), path) for path, *_ in PAGES if path.startswith("/")]
    return [*(f"{path}?{asked}" for path in paths), f"/tasks?server={quote(SHORT)}", f"/nowhere{SHORT}"]


async def sign_in(page: Page) -> None:
    """Fail as somebody with an odd name, then succeed."""
    for name, password in ((SHORT, PLANTED["a wrong password"]), ("ann", PASSWORD)):
        await page.get_by_label("User name").fill(name)
        await page.get_by_label("Password").fill(password)
        await page.get_by_role("button", name="Sign in").click()
        if name != "ann":
            await expect(page.get_by_role("alert")).to_be_visible()
    await is_live(page)


async def has_arrived(page: Page, path: str, within_ms: float | None = None) -> None:
    """Go to a page as a click on a link does, and wait until it shows something."""
    await page.evaluate(GO, path)
    await page.wait_for_function(ARRIVED, timeout=within_ms, polling=LOOK_MS)
    await page.evaluate(PAINTED)


async def look_for(page: Page, text: str) -> None:
    """Let the palette find what is called so."""
    await page.keyboard.press("ControlOrMeta+k")
    await page.get_by_role("combobox", name="Search, or a command").fill(text)
    await expect(page.get_by_role("option").filter(has_text="Schedule ").first).to_contain_text(text)
    await page.keyboard.press("Escape")


async def act_and_say_why(page: Page) -> None:
    """Let a toast name what was switched, and a bulk run and the record say why something was done."""
    await has_arrived(page, "/schedules")
    await page.get_by_role("switch").first.click()
    await expect(page.locator(".toast").filter(has_text=SHORT)).to_be_visible()
    await has_arrived(page, "/jobs?status=QUEUED")
    await page.get_by_role("row").nth(1).get_by_role("checkbox").check()
    await page.get_by_role("button", name="Cancel…").click()
    panel = page.get_by_role("dialog")
    await panel.get_by_label("Reason").fill(SHORT)
    await panel.get_by_role("button", name="Cancel 1 job").click()
    await expect(panel).to_contain_text(f"Reason: {SHORT}")
    await panel.get_by_role("button", name="Close").click()
    await expect(panel).to_be_hidden()
    await has_arrived(page, "/audit")
    await expect(
        page.get_by_role("row").filter(has_text="cancel jobs").filter(has_text=SHORT)
    ).to_be_visible()


async def charts_are_drawn(page: Page) -> None:
    """Draw what Plotly draws, and the lists of failures and acts, in both colours."""
    for scheme in ("dark", "light"):
        await page.emulate_media(color_scheme=scheme)
        await expect(page.locator("html")).to_have_class(scheme)
        for path in ("/failures", "/audit", "/"):
            await has_arrived(page, path)
        await expect(page.locator(".plot-area[data-ready] svg").first).to_be_visible()


async def write_a_secret(page: Page, path: str, hook: str) -> None:
    """Write a destination with a token, test it, and leave without a word."""
    await has_arrived(page, path)
    await page.get_by_role("button", name="Add a destination").click()
    place = page.get_by_role("group", name="Destination 2")
    await place.get_by_label("URL").fill(hook)
    await place.get_by_label("Authentication").select_option("Bearer token")
    await place.get_by_label("Token").fill(TYPED)
    await place.get_by_role("button", name="Send a test").click()
    await expect(place.get_by_label("How the answer begins")).to_contain_text(SHORT)


async def sent_by_script(page: Page, receiver: Receiver) -> list[str]:
    """Return what is answered to a test with a token, and to one with a token that no header can carry."""
    told, hook = [], receiver.url
    receiver.body = f"{SHORT} {TESTED}".encode()
    for token in (TESTED, f"no\n{TESTED}"):
        wanted = webhook(hook, bearer("x")).model_dump(mode="json", by_alias=True)
        wanted["webhook"]["authentication"]["bearer"]["token"] = token
        told.append(await page.evaluate(TEST, {"destination": wanted}))
    return told


async def said_to_collectors(url: str, redis: Redis) -> list[str]:
    """Return health and metrics, of the last with Redis gone."""
    async with httpx.AsyncClient(base_url=url, trust_env=False) as client:

        async def health() -> str:
            return (await client.get("/healthz")).text

        told = [await health(), (await client.get("/metrics")).text]
        await asyncio.to_thread(redis.stop)
        return [*told, await eventually(health, lambda text: "away" in text)]


def no_formula(files: list[str]) -> None:
    """See that no cell of these files would be one to a spreadsheet."""
    for text in files:
        lines = frames(text)
        assert len(lines) > 2
        assert not [line for line in lines if re.search(r'(^|,)"?[=+@\t\r]', line)]


def frames(text: str) -> list[str]:
    """Return the lines of a file that came in pieces."""
    pieces = (json.loads(line).get("text", "") for line in text.splitlines())
    return "".join(pieces).splitlines()


@pytest.mark.console_errors("status of 40[014]")
async def test_no_text_runs_nothing_leads_elsewhere_and_no_secret_is_seen(
    written, redis, api, receiver, visitors, monkeypatch, capsys
):
    page = await visitors.of(written.url)("/login", once=True)
    watched = Watched(page)
    await sign_in(page)
    await page.evaluate(LISTEN)
    await page.evaluate(KEEP_VIEWS, VIEWS)
    *paths, edit = await fill(api, receiver.url)
    for path in odd_addresses():
        # Nobody promises that nonsense leads to a page that is whole: only that nothing of it runs.
        with suppress(PlaywrightTimeout):
            await has_arrived(page, path, SOON_MS)
    for path in paths:
        await has_arrived(page, path)
        # Not every page has such a text, and those that have it get it a little later.
        with suppress(PlaywrightTimeout):
            await page.wait_for_function(SHOWN, timeout=SOON_MS, polling=LOOK_MS)
        await watched.take()
    assert sum("__ran" in text for text in watched.produced["pages"]) > 10
    await look_for(page, SHORT)
    await act_and_say_why(page)
    await charts_are_drawn(page)
    await write_a_secret(page, edit, receiver.url)
    produced = watched.produced | {"tests": await sent_by_script(page, receiver)}
    await has_arrived(page, "/tasks")
    await watched.take()
    assert not await page.evaluate("window.__ran")
    assert await page.evaluate("window.__against") == []
    own = re.compile(rf"({re.escape(written.url)}|data:|blob:)")
    assert not [url for url in watched.asked if not own.match(url)]
    produced["files"] = await page.evaluate(READ_ALL, EXPORTS)
    no_formula([text for path, text in zip(EXPORTS, produced["files"], strict=True) if "csv" in path])
    await watched.read_again()
    (cookie,) = [each["value"] for each in await page.context.cookies() if each["httpOnly"]]
    secrets = PLANTED | {"the session's cookie": cookie, "the password of Redis": redis.password}
    secrets["the session's token"] = await token_behind(redis, cookie)
    produced["redis"] = [await kept_in(redis)]
    await page.goto("about:blank")
    for name, value in written.environment.items():
        monkeypatch.setenv(name, value)
    await doctor(read_settings())
    produced["collected"] = await said_to_collectors(written.url, redis)
    await doctor(read_settings(), as_json=True)
    produced["doctor"] = [*capsys.readouterr()]
    produced["audit"] = [file.read_text() for file in (written.data_dir / "audit").iterdir()]
    produced["log"] = written.said
    assert not [kind for kind, texts in produced.items() if len("".join(texts)) < 100]
    assert not found_in(produced, secrets)
    sent = {value for _, headers, _ in receiver.requests for value in headers.values()}
    assert {PLANTED["a header"], f"Bearer {TYPED}", f"Bearer {TESTED}"} <= sent
