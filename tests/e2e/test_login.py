"""Signing in: each person sees and does what their role on the server allows, until they are signed out."""

import json
import re
from collections.abc import AsyncIterator, Iterator
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect
from simple_websocket import Client, ConnectionClosed

from ratchet_web.api import Ratchet
from ratchet_web.models.schedules import NewSchedule, Schedule
from tests.conftest import OpenPage, Visitors
from tests.e2e.outages import away
from tests.e2e.steps import ENDLESS, FAILING, confirm, is_live, log_of, new_task, row_of, run, status_of
from tests.e2e.test_axe import NARROW, lead_to, wrongs
from tests.support.people import PASSWORD, add_first, add_others, add_token, change, client_of, revoke
from tests.support.system import System, running

# A browser says so by itself of an answer that is no success.
REFUSED = pytest.mark.console_errors("status of 4..")
SIGN_IN = re.compile(r"/login(\?|$)")


@pytest.fixture(scope="module")
def guarded(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A system where people sign in."""
    data_dir = tmp_path_factory.mktemp("data")
    add_first(data_dir)
    for system in running(data_dir, web_auth="ratchet"):
        add_others(system.api_url)
        yield system


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def api(guarded: System) -> AsyncIterator[Ratchet]:
    """A client of its server that may do everything."""
    async with await client_of(guarded.api_url, "ann") as client:
        yield client


@pytest_asyncio.fixture(loop_scope="session")
async def open_it(guarded: System, visitors: Visitors) -> OpenPage:
    """Open pages of its console."""
    return visitors.of(guarded.url)


async def fill(page: Page, name: str, password: str = PASSWORD) -> None:
    """Fill in the form and send it."""
    await page.get_by_label("User name").fill(name)
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Sign in").click()


async def sign_in(open_it: OpenPage, name: str, path: str = "/") -> Page:
    """Return the page of a visitor who signed in."""
    page = await open_it(path)
    await fill(page, name)
    await is_live(page)
    return page


async def new_schedule(api: Ratchet, task_id: str) -> Schedule:
    """Create a schedule."""
    draft = NewSchedule(task_id=task_id, name="nightly", cron_expression="0 0 3 * * *")
    return await api.schedules.create(draft)


async def sign_out(page: Page) -> None:
    """Sign out by the menu."""
    await page.get_by_role("button", name="Account of").click()
    await page.get_by_role("button", name="Sign out").click()
    await expect(page).to_have_url(SIGN_IN)


async def test_who_signs_in_lands_on_the_page_that_they_wanted(open_it):
    page = await open_it("/executions?status=FAILED&limit=50#below")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    await fill(page, "uma")
    await expect(page).to_have_url(re.compile(r"/executions\?status=FAILED&limit=50"))
    await is_live(page)
    await page.reload()
    await is_live(page)
    await page.get_by_role("button", name="Account of uma").click()
    await expect(page.get_by_text("user", exact=True)).to_be_visible()
    assert await wrongs(page, *NARROW) == []


@REFUSED
async def test_by_keyboard_a_wrong_password_is_said_at_the_form_which_keeps_the_name(open_it):
    page = await open_it("/tasks")
    await expect(page.get_by_label("User name")).to_be_focused()
    await page.keyboard.type("uma")
    await page.keyboard.press("Tab")
    await page.keyboard.type("not the password")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_have_text("The user name or the password is wrong.")
    assert await wrongs(page, *NARROW) == []
    await expect(page.get_by_label("User name")).to_have_value("uma")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile("/tasks$"))


@pytest.mark.parametrize("next", ["//evil.test", "https://evil.test", "/\\evil.test", "javascript:alert(1)"])
async def test_nobody_is_led_to_another_host(open_it, next):
    page = await open_it("/")
    await page.evaluate(
        "next => history.replaceState(null, '', '/login?' + new URLSearchParams({next}))", next
    )
    await fill(page, "uma")
    await is_live(page)
    assert urlsplit(page.url).path == "/"


async def test_a_reader_sees_no_control_that_a_reader_may_not_use(open_it, api):
    failed = await run(api, await new_task(api, "failing", FAILING))
    spinning = await run(api, await new_task(api, "endless", ENDLESS))
    schedule = await new_schedule(api, failed.task_id)
    reader = await sign_in(open_it, "rob", "/executions")
    user = await sign_in(open_it, "uma", "/executions")
    for page, seen in ((user, 1), (reader, 0)):
        retry = row_of(page, failed.id).get_by_role("button", name=f"Retry execution {failed.id}")
        cancel = row_of(page, spinning.id).get_by_role("button", name=f"Cancel execution {spinning.id}")
        await expect(row_of(page, failed.id)).to_contain_text("Failed")
        await expect(row_of(page, spinning.id)).to_contain_text("Running")
        await expect(retry).to_have_count(seen)
        await expect(cancel).to_have_count(seen)
        await expect(page.get_by_role("button", name="Run task…")).to_have_count(seen)
        boxes = page.get_by_role("checkbox")
        await expect(boxes.first).to_be_visible(visible=bool(seen))
        await expect(page.get_by_role("button", name=re.compile("^Act on all"))).to_have_count(seen)
        await lead_to(page, "/tasks")
        await expect(row_of(page, "add-numbers").get_by_role("switch")).to_have_count(seen)
        await expect(page.get_by_role("link", name="New task")).to_have_count(seen)
        await lead_to(page, f"/schedules/{schedule.id}")
        await expect(page.get_by_role("heading", name="nightly")).to_be_visible()
        await expect(page.get_by_role("button", name="Delete…")).to_have_count(seen)
        await lead_to(page, "/tasks")
        await expect(page.get_by_role("button", name="Run…").first).to_be_visible(visible=bool(seen))
        await lead_to(page, f"/failures?task={failed.task_id}")
        failure = page.locator("tbody tr[data-id]")
        await expect(failure).to_contain_text("does not balance")
        for name in ("Resolve", "Ignore"):
            await expect(failure.get_by_role("button", name=name)).to_have_count(seen)
        await failure.get_by_role("link", name="does not balance").click()
        await expect(page.get_by_role("region", name="Tasks and versions")).to_be_visible()
        for name in ("Resolve", "Ignore", "Retry all…"):
            await expect(page.get_by_role("button", name=name)).to_have_count(seen)
        await lead_to(page, f"/executions/{spinning.id}")
        await expect(status_of(page)).to_have_text("Running")
        await expect(page.get_by_role("button", name="Cancel")).to_have_count(seen)
        await is_led_to_no_audit(page)
    await reader.goto("/tasks/new")
    await expect(reader.get_by_role("heading", name="Not for your role")).to_be_visible()
    await reader.get_by_role("button", name="Notifications").click()
    notices = reader.get_by_role("dialog", name="Notifications")
    await expect(notices).to_have_text(re.compile("does not allow you to start anything"))
    await user.get_by_role("button", name="Cancel").click()
    await confirm(user, "Cancel execution")
    await expect(status_of(reader)).to_have_count(0)
    await expect(status_of(user)).to_have_text("Cancelled")


async def is_led_to_no_audit(page: Page) -> None:
    """See that neither the menu nor the palette has a way to what is for admins alone."""
    menu = page.get_by_role("navigation", name="Main")
    await is_live(page)
    await expect(menu.get_by_role("link", name="Failures")).to_be_visible()
    await expect(menu.get_by_role("link", name="Audit")).to_have_count(0)
    await page.keyboard.press("ControlOrMeta+k")
    places = page.get_by_role("group", name="Go to")
    await expect(places.get_by_role("option", name="Failures")).to_be_visible()
    await expect(places.get_by_role("option", name="Audit")).to_have_count(0)
    await page.keyboard.press("Escape")


async def test_a_token_that_the_server_revoked_leads_to_the_sign_in_and_back(guarded, open_it):
    page = await sign_in(open_it, "sam", "/jobs?status=QUEUED")
    revoke(guarded.api_url, "sam")
    await expect(page).to_have_url(SIGN_IN)
    await fill(page, "sam")
    await expect(page).to_have_url(re.compile(r"/jobs\?status=QUEUED$"))
    await is_live(page)


async def test_what_the_server_refuses_says_why_and_then_goes_with_the_role(guarded, open_it, api):
    task = await new_task(api, "for-everybody")
    page = await sign_in(open_it, "sam", f"/tasks/{task.id}")
    await page.get_by_role("button", name="Run…").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_role("button", name="Run", exact=True)).to_be_visible()
    change(guarded.api_url, "sam", role="readonly")
    try:
        await dialog.get_by_role("button", name="Run", exact=True).click()
        await expect(dialog).to_contain_text("This needs the role service; yours is readonly")
        await expect(dialog).to_contain_text("Not for your role")
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("button", name="Run…")).to_have_count(0)
    finally:
        change(guarded.api_url, "sam", role="service")


@pytest.fixture(scope="module")
def looking(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A system whose console, for everybody, has the token of somebody who may only look."""
    data_dir = tmp_path_factory.mktemp("data")
    add_first(data_dir)
    token = add_token(data_dir, "ann", "readonly")
    yield from running(data_dir, server_auth="on", api_token=token)


async def test_a_console_whose_token_may_not_act_says_so_where_it_was_tried(looking, visitors):
    async with await client_of(looking.api_url, "ann") as api:
        failed = await run(api, await new_task(api, "failing", FAILING))
        page = await visitors.of(looking.url)("/executions")
        retry = page.get_by_role("button", name=f"Retry execution {failed.id}")
        await retry.click()
        await expect(page.locator(".toast")).to_contain_text("This needs the role user; yours is readonly")
        await expect(retry).to_be_disabled()
        await expect(retry).to_have_attribute("title", re.compile("The server does not allow this: "))
        await page.goto("/login")
        await expect(page).to_have_url(re.compile("/$"))
        await expect(page.get_by_role("button", name="Account of")).to_have_count(0)


async def test_a_refused_deletion_is_said_and_loses_nothing(looking, visitors):
    async with await client_of(looking.api_url, "ann") as api:
        schedule = await new_schedule(api, (await new_task(api, "kept")).id)
        page = await visitors.of(looking.url)(f"/schedules/{schedule.id}")
        delete = page.get_by_role("button", name="Delete…")
        await delete.click()
        await confirm(page, "Delete schedule")
        await expect(page.locator(".toast")).to_contain_text("This needs the role user; yours is readonly")
        await expect(page).to_have_url(re.compile(f"/schedules/{schedule.id}$"))
        await expect(delete).to_be_disabled()
        assert (await api.schedules.get(schedule.id)).enabled


async def test_who_signs_out_in_one_tab_is_signed_out_in_all(open_it):
    first = await sign_in(open_it, "uma", "/tasks")
    second = await first.context.new_page()
    await second.goto("/schedules")
    await is_live(second)
    await sign_out(first)
    await expect(second).to_have_url(re.compile(r"/login\?next=%2Fschedules$"))
    await first.goto("/tasks")
    await expect(first).to_have_url(SIGN_IN)


async def test_another_person_in_the_same_tab_finds_nothing_of_the_first(open_it):
    page = await sign_in(open_it, "uma", "/tasks?run=1")
    await expect(page.get_by_role("dialog")).to_contain_text("Run a task")
    await page.keyboard.press("Escape")
    await sign_out(page)
    await fill(page, "rob")
    await is_live(page)
    frames = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: frames.append(str(frame))))
    await page.reload()
    await is_live(page)
    assert any("account" in frame for frame in frames)
    # As a word: random ids have letters as well.
    assert not [frame for frame in frames if re.search(r"\buma\b", frame)]


async def test_the_settings_are_for_admins(open_it):
    for name, shown in (("ann", True), ("uma", False)):
        page = await sign_in(open_it, name, "/system?tab=settings")
        await expect(page.get_by_role("region", name="This console")).to_be_visible()
        table = page.get_by_role("table", name="Settings")
        if shown:
            await expect(table).to_contain_text("RATCHET_WEB_AUTH")
        else:
            await expect(page.get_by_text("shown to admins alone")).to_be_visible()
            await expect(table).to_have_count(0)


async def test_no_token_and_no_session_id_reaches_a_script_of_the_page(open_it, api):
    execution = await run(api, await new_task(api, "failing", FAILING))
    page = await open_it(f"/executions/{execution.id}")
    heard: list[str] = []
    page.on("websocket", lambda socket: _overhear(socket, heard))
    page.on("response", lambda answer: heard.append(json.dumps(answer.headers | {"set-cookie": ""})))
    await fill(page, "ann")
    await is_live(page)
    await expect(log_of(page)).to_contain_text("about to fail")
    kept = await page.evaluate(
        "JSON.stringify([document.cookie, {...localStorage}, {...sessionStorage}, document.body.innerHTML])"
    )
    (cookie,) = [each for each in await page.context.cookies() if each["httpOnly"]]
    assert cookie["sameSite"] == "Lax"
    seen = [*heard, kept, await page.content()]
    assert len(heard) > 10
    assert not [text for text in seen if "rat_" in text or cookie["value"] in text]


def _overhear(socket, heard: list[str]) -> None:
    for kind in ("framereceived", "framesent"):
        socket.on(kind, lambda frame: heard.append(str(frame)))


async def test_a_socket_without_a_cookie_gets_nothing(guarded, open_it, api):
    task = await new_task(api, "secret-of-the-house")
    page = await sign_in(open_it, "ann", "/tasks")
    await expect(row_of(page, task.name)).to_be_visible()
    token = await page.evaluate("sessionStorage.getItem('token')")
    prefix = "reflex___state____state"
    events = {
        f"{prefix}.hydrate_and_load": {},
        f"{prefix}.ratchet_web___state___tasks____task_list.load": {},
        f"{prefix}.ratchet_web___state___acts____acts.switch_task": {"id": task.id, "on": False},
    }
    said = _said_to_a_stranger(guarded.url, token or "guessed", events)
    assert '"topic":"session"' in said
    assert "secret-of-the-house" not in said
    assert '"rows"' not in said
    assert (await api.tasks.get(task.id)).enabled
    await expect(row_of(page, task.name)).to_be_visible()


def _said_to_a_stranger(url: str, token: str, events: dict[str, dict[str, object]]) -> str:
    """Return all that a socket of a stranger hears that sends these events."""
    address = url.replace("http", "ws")
    socket = Client(f"{address}/_event/?EIO=4&transport=websocket&token={token}")
    said = [str(socket.receive(timeout=5))]
    socket.send("40/_event,")
    for name, payload in events.items():
        path = {"pathname": "/tasks", "asPath": "/tasks", "query": {}}
        event = {"name": name, "payload": payload, "router_data": path, "token": token}
        socket.send("42/_event," + json.dumps(["event", event]))
    try:
        while (frame := socket.receive(timeout=2)) is not None:
            said.append(str(frame))
    except ConnectionClosed:
        pass
    else:
        socket.close()
    return "".join(said)


@pytest.mark.console_errors(
    "ERR_(CONNECTION|EMPTY_RESPONSE|CONTENT_LENGTH_MISMATCH)", "WebSocket", "Failed to fetch", "status of 4.."
)
async def test_a_console_that_was_started_again_asks_anew_and_keeps_what_was_typed(guarded, open_it):
    page = await sign_in(open_it, "uma", "/tasks/new")
    await page.get_by_role("textbox", name="Name", exact=True).fill("typed-before")
    await page.get_by_role("textbox", name="Version", exact=True).focus()
    async with away(guarded, "console"):
        await expect(page.locator(".banner")).to_be_visible()
    await expect(page).to_have_url(SIGN_IN)
    await fill(page, "uma")
    await expect(page).to_have_url(re.compile("/tasks/new$"))
    await expect(page.get_by_role("textbox", name="Name", exact=True)).to_have_value("typed-before")


@pytest.mark.console_errors("status of 5..")
async def test_a_server_that_is_away_is_said_at_the_form(guarded, open_it):
    page = await open_it("/tasks")
    async with away(guarded, "server"):
        await fill(page, "uma")
        await expect(page.get_by_role("alert")).to_contain_text("Nothing was checked; try again in a moment.")
    await fill(page, "uma")
    await is_live(page)
