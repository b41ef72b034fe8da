"""Before the console stands a proxy: whom it names does what their role allows, and that is written down."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import expect
from starlette.routing import Route

from ratchet_web.api import Ratchet
from ratchet_web.audit.journal import Journal
from ratchet_web.entrances.routes import data_routes
from ratchet_web.models.executions import ExecutionQuery
from ratchet_web.models.jobs import JobQuery, NewJob
from ratchet_web.models.schedules import NewSchedule, ScheduleQuery
from ratchet_web.models.tasks import TaskQuery
from ratchet_web.state.events import LOOKS, NEVER, OPEN
from tests.e2e.steps import FAILING, is_live, new_task, run
from tests.support.events import handlers
from tests.support.naming_proxy import NamingProxy, naming
from tests.support.planted import Watched, found_in
from tests.support.sockets import RawSocket
from tests.support.system import System, running
from tests.support.xss import CORPUS


@pytest.fixture(scope="module")
def named(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A system whose console believes the proxies of this machine."""
    options = {"web_proxy_from": "127.0.0.1", "web_proxy_sign_out": "/oauth2/sign_out"}
    yield from running(tmp_path_factory.mktemp("data"), web_auth="proxy", **options)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def api(named: System) -> AsyncIterator[Ratchet]:
    """A client of its server, on which nothing happens by itself: an example fires every five minutes."""
    async with Ratchet(named.api_url) as client:
        for schedule in (await client.schedules.page(ScheduleQuery(enabled=True))).rows:
            await client.schedules.disable(schedule.id)
        yield client


# What proxies that know people send along, and browsers never should see again.
SENT_ALONG = {
    "authorization": "Bearer planted-token-of-the-proxy",
    "x_forwarded_access_token": "planted-access-token",
    "cookie": "_oauth2_proxy=planted-cookie-of-the-proxy",
}
# Who is named may be called anything.
ANYBODY = CORPUS[1]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def door(named: System) -> AsyncIterator[NamingProxy]:
    """The proxy before it."""
    headers = {"x_forwarded_user": ANYBODY, "x_forwarded_role": "admin", **SENT_ALONG}
    async with naming(named.url, **headers) as proxy:
        yield proxy


async def test_whom_the_proxy_names_acts_and_all_of_it_is_written(named, door, visitors, api):
    failed = await run(api, await new_task(api, "failing", FAILING))
    page = await visitors.of(door.url)("/favicon.svg", once=True)
    watched = Watched(page)
    await page.goto("/executions")
    await is_live(page)
    # On the smallest screens the colours are chosen there.
    await page.set_viewport_size({"width": 320, "height": 640})
    await page.get_by_role("button", name=f"Account of {ANYBODY}").click()
    await page.get_by_role("button", name="Dark colours").click()
    await expect(page.locator("html")).to_have_class("dark")
    await page.set_viewport_size({"width": 1280, "height": 720})
    await expect(page.get_by_role("button", name="Light colours")).to_have_count(1)
    await expect(page.get_by_role("link", name="Sign out")).to_have_attribute("href", "/oauth2/sign_out")
    await page.get_by_role("button", name=f"Retry execution {failed.id}").click()
    await expect(page.locator(".toast").filter(has_text="Running again.")).to_be_visible()
    bell = page.get_by_role("button", name="Notifications")
    await expect(bell).to_have_accessible_name("Notifications, 1 unread")
    await page.get_by_role("navigation", name="Main").get_by_role("link", name="Audit").click()
    line = page.get_by_role("row").filter(has_text="retry executions")
    await expect(line).to_contain_text(f"{ANYBODY} admin from 127.0.0.1")
    await expect(line).to_contain_text("Done")
    await page.get_by_role("button", name="Happened: Any time").click()
    await expect(page.get_by_role("dialog", name="When it happened")).to_be_visible()
    await watched.take()
    assert not await page.evaluate("window.__ran")

    # Who comes after her in the same tab finds nothing of hers.
    await expect(bell).to_have_accessible_name("Notifications, 1 unread")
    door.headers = {"x_forwarded_user": "Rob", "x_forwarded_role": "reader"}
    await page.goto("/executions")
    await expect(page.get_by_role("button", name="Account of Rob")).to_be_visible()
    await expect(bell).to_have_accessible_name("Notifications")
    told = watched.produced | {"audit": [json.dumps(entries(named))], "log": named.said}
    assert not found_in(told, {name: text.rpartition("planted")[2] for name, text in SENT_ALONG.items()})


@pytest.fixture(scope="module")
def asking_often(named: System, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Another console of its server, to which people must be named anew all the time."""
    options = {"api_url": named.api_url, "web_proxy_from": "127.0.0.1", "web_proxy_confirm_s": 2}
    yield from running(tmp_path_factory.mktemp("data"), web_auth="proxy", **options)


# What the browser says of an answer, and of a socket, that is refused.
@pytest.mark.console_errors("WebSocket connection", "status of 401")
async def test_an_open_page_is_asked_again_whose_it_is_and_nothing_typed_is_lost(asking_often, visitors):
    async with naming(asking_often.url, x_forwarded_user="Ann", x_forwarded_role="operator") as proxy:
        page = await visitors.of(proxy.url)("/tasks/new", once=True)
        await is_live(page)
        await page.evaluate("window.__same = true")
        name = page.get_by_role("textbox", name="Name", exact=True)
        await name.fill("typed before")
        async with page.expect_websocket():
            pass
        async with page.expect_websocket():
            pass
        assert await page.evaluate("window.__same")
        await is_live(page)
        await expect(name).to_have_value("typed before")

        await page.goto("/tasks")
        await expect(page.get_by_role("link", name="New task")).to_be_visible()
        proxy.headers = READER
        await expect(page.get_by_role("button", name="Account of Rob")).to_be_visible()
        await expect(page.get_by_role("link", name="New task")).to_be_hidden()
        proxy.headers = {}
        await expect(page.get_by_text("The proxy did not say who you are")).to_be_visible()


ROB = {"x-forwarded-user": "Rob", "x-forwarded-role": "reader"}
ANN = {"x-forwarded-user": "Ann", "x-forwarded-role": "admin"}
READER = {"x_forwarded_user": "Rob", "x_forwarded_role": "reader"}
NESTED: object = "end"
for _ in range(200):
    NESTED = [NESTED]
# What no argument is, and what is far too much of it.
ODD: tuple[object, ...] = (None, True, -1, 1e300, 10**30, "", "x", [], ["x"] * 3, {"x": {"y": 1}}, NESTED)
HUGE: tuple[object, ...] = ("1" * 300_000, ["1"] * 10_000, {str(n): "x" for n in range(2_000)})


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Wait for what comes to hold."""
    for _ in range(600):
        if await holds():
            return
        await asyncio.sleep(0.1)
    raise AssertionError("it does not come to hold")


async def upstream(api: Ratchet) -> dict[str, object]:
    """Return all that somebody could have changed, once nothing goes on by itself."""

    async def rests() -> bool:
        counts = await api.executions.counts(ExecutionQuery())
        tasks = await api.tasks.page(TaskQuery(limit=100))
        judged = all(task.validated_at for task in tasks.rows)
        return judged and not (counts.pending or counts.running)

    await until(rests)
    pages = (
        await api.tasks.page(TaskQuery(limit=100)),
        await api.executions.page(ExecutionQuery(limit=100)),
        await api.jobs.page(JobQuery(limit=100)),
        await api.schedules.page(ScheduleQuery(limit=100)),
    )
    rows = (row for page in pages for row in page.rows)
    return {f"{type(row).__name__} {row.id}": row.model_dump(mode="json") for row in rows}


def entries(system: System) -> list[dict[str, object]]:
    """Return what is written down."""
    file = system.data_dir / "audit" / "audit.jsonl"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def call_all(socket: RawSocket, values: tuple[object, ...], real: str) -> None:
    """Send every event: with the id of a row, and with each of these for every argument."""
    for name, arguments in handlers().items():
        if name.endswith(".hydrate") or name in OPEN:
            continue
        socket.call(name, dict.fromkeys(arguments, real))
        for value in values if arguments else ():
            socket.call(name, dict.fromkeys(arguments, value))


def test_nobody_gets_a_socket_that_the_proxy_did_not_name(named):
    for headers in (
        {},
        {"x_forwarded_role": "admin"},
        {"x_forwarded_user": "Eve", "x_forwarded_role": "root"},
    ):
        with pytest.raises(ConnectionError):
            RawSocket(named.url, **headers)
    with pytest.raises(ConnectionError):
        RawSocket(named.url, **READER, origin="http://evil.test")


async def test_whatever_is_called_by_a_reader_changes_nothing_and_is_written(named, api):
    task = await new_task(api, "kept", FAILING)
    await run(api, task)
    await api.jobs.create(NewJob(task_id=task.id, input={}, scheduled_for="2099-01-01T00:00:00Z"))
    await api.schedules.create(NewSchedule(task_id=task.id, name="kept", cron_expression="0 0 3 * * *"))
    before = await upstream(api)
    acts = [name for name in handlers() if name not in LOOKS and name.rpartition(".")[2] not in NEVER]
    acts = [name for name in acts if not name.endswith("handle_frontend_exception")]
    assert len(acts) > 30

    asked = {name: (f"Rob {number}", name.split(".")[-1]) for number, name in enumerate(acts)}

    def call() -> list[RawSocket]:
        socket = RawSocket(named.url, **READER)
        call_all(socket, ODD[:1], "1")
        sockets = [socket]
        # A flood is cut short: each is asked by somebody else.
        for name, (who, _) in asked.items():
            sockets.append(RawSocket(named.url, x_forwarded_user=who, x_forwarded_role="reader"))
            sockets[-1].call(name, dict.fromkeys(handlers()[name], "1"))
        return sockets

    async def all_written() -> bool:
        refused = (each for each in entries(named) if each["result"] == "refused")
        return {*asked.values()} <= {(each.get("who"), each["verb"]) for each in refused}

    sockets = await asyncio.to_thread(call)
    await until(all_written)
    for socket in sockets:
        socket.close()
    assert await upstream(api) == before


async def test_odd_and_huge_arguments_of_somebody_who_may_everything_crash_nothing(named, api):
    before = await upstream(api)
    said = len(named.said)

    def call() -> None:
        socket = RawSocket(named.url, x_forwarded_user="Odd", x_forwarded_role="admin")
        call_all(socket, ODD, "9999999")
        socket.close()
        socket = RawSocket(named.url, x_forwarded_user="Huge", x_forwarded_role="admin")
        call_all(socket, HUGE, "9999999")
        # Whatever came before is handled by the time that this is answered.
        socket.call(next(name for name in OPEN if name.endswith("state.hydrate")))
        socket.hear("is_hydrated")
        socket.close()

    await asyncio.to_thread(call)
    assert not [line for line in named.said[said:] if "Traceback" in line or "Error" in line]
    assert await upstream(api) == before


async def test_every_route_is_closed_to_strangers_and_what_acts_to_readers(named, api):
    before = await upstream(api)
    routes = [route for route in data_routes(Journal()) if isinstance(route, Route)]
    assert len(routes) > 12
    async with httpx.AsyncClient(base_url=named.url, trust_env=False) as client:
        for route in routes:
            path = re.sub(r"{\w+}", "1", route.path)
            for method in sorted({*(route.methods or ())} - {"HEAD"}):
                for headers, status in (
                    ({}, 401),
                    ({"x-forwarded-role": "admin"}, 401),
                    (ROB | {"origin": "http://evil.test"}, 403),
                    (ROB | {"x-forwarded-role": "root"}, 403),
                    *([(ROB, 403)] if method != "GET" else []),
                ):
                    answer = await client.request(method, path, headers=headers, json={"x": [1]})
                    assert answer.status_code == status, (method, path, headers)
                answer = await client.request(method, path, headers=ANN, content=b"\xff" * 100)
                assert answer.status_code < 500, (method, path)
        for path in ("/", "/audit", "/assets/x.js", "/console/nothing"):
            assert (await client.get(path)).status_code == 401
        # Figures are for what collects them on this machine, not for whom the proxy lets in.
        assert (await client.get("/metrics", headers=ROB)).status_code == 403
        assert (await client.get("/metrics")).is_success
        assert (await client.get("/console/audit/export?format=csv", headers=ROB)).status_code == 403
        assert (await client.get("/ping")).is_success
    assert await upstream(api) == before
