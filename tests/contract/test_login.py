"""The console's sign-in over HTTP, before the embedded server that wants a login."""

import json
from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ratchet_web.access.cookies import MARK, Cookies
from ratchet_web.access.door import Door
from ratchet_web.access.pace import Pace
from ratchet_web.access.people import People
from ratchet_web.access.present import Present
from ratchet_web.access.routes import BODY_MOST, routes
from ratchet_web.api import Ratchet
from ratchet_web.audit.files import AuditFiles
from ratchet_web.audit.journal import REFUSALS_MOST, Journal
from ratchet_web.gate import Gate
from ratchet_web.live.services import Surroundings
from ratchet_web.models.audit import AuditQuery
from tests.doubles.rooms import MemoryRooms
from tests.doubles.transport import Scripted, answer
from tests.support.people import PASSWORD
from tests.support.server import eventually, transport

COOKIES = Cookies(3000)
CONSOLE_TOKEN = "c" * 40
ANN = {"username": "ann", "password": PASSWORD}
PAGE = {"accept": "text/html,application/xhtml+xml"}


@pytest.fixture
async def server(tmp_path) -> AsyncIterator[httpx.AsyncBaseTransport]:
    """A server with one user."""
    async with transport(tmp_path, server_auth="on", server_console_token=CONSOLE_TOKEN) as reached:
        headers = {"authorization": f"Bearer {CONSOLE_TOKEN}"}
        async with httpx.AsyncClient(transport=reached, base_url="http://s/api/v1", headers=headers) as admin:
            (await admin.post("/users", json={**ANN, "role": "user"})).raise_for_status()
        yield reached


@pytest.fixture
def connect(server: httpx.AsyncBaseTransport) -> Callable[..., Ratchet]:
    def made(name: str, token: str | None = None, refused: Callable[[], None] | None = None) -> Ratchet:
        return Ratchet(f"http://{name}.test", token=token, transport=server, on_unauthorized=refused)

    return made


@pytest.fixture
async def people(connect: Callable[..., Ratchet]) -> AsyncIterator[People]:
    people = People(("prod", "staging"), connect, Surroundings(MemoryRooms()), idle_s=100, longest_s=1000)
    async with people.present():
        yield people


async def _page(request: Request) -> Response:
    return PlainTextResponse("the page")


def console(people: People, pace: Pace | None = None, scheme: str = "http") -> httpx.AsyncClient:
    """Return a browser without any cookie, before a console."""
    everything = Route("/{rest:path}", _page, methods=["GET", "POST"])
    inside = Starlette(routes=[*routes(people, COOKIES, pace), everything])
    app = Gate(Door(inside, people, COOKIES))
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url=f"{scheme}://console.test", follow_redirects=False
    )


@pytest.fixture
async def browser(people: People) -> AsyncIterator[httpx.AsyncClient]:
    async with console(people) as client:
        yield client


async def sign_in(browser: httpx.AsyncClient, **more: object) -> httpx.Response:
    return await browser.post("/console/login", json={**ANN, **more})


async def test_name_and_password_give_a_cookie_that_opens_pages_of_that_server(browser, people):
    told = await sign_in(browser, server="staging", next="/tasks?q=a")
    assert (told.status_code, told.json()) == (200, {"to": "/tasks?q=a&server=staging"})
    assert PASSWORD not in told.text
    assert (await browser.get("/tasks?server=staging", headers=PAGE)).text == "the page"
    other = await browser.get("/tasks?q=a&server=prod", headers=PAGE)
    assert (other.status_code, other.headers["location"]) == (
        303,
        "/login?server=prod&next=%2Ftasks%3Fq%3Da%26server%3Dprod",
    )
    api = people.own(browser.cookies[COOKIES.name])["staging"].api
    assert (await api.auth.me()).username == "ann"


@pytest.mark.parametrize(("scheme", "secure"), [("http", False), ("https", True)])
async def test_the_cookie_is_for_no_script_and_no_other_site(people, scheme, secure):
    async with console(people, scheme=scheme) as browser:
        given = (await sign_in(browser)).headers.get_list("set-cookie")
    (session,) = [each for each in given if each.startswith(f"{COOKIES.name}=")]
    (mark,) = [each for each in given if each.startswith(f"{MARK}=")]
    assert all(part in session for part in ("HttpOnly", "SameSite=lax", "Path=/", "Max-Age=1000"))
    assert ("Secure" in session) is secure
    assert mark.startswith(f"{MARK}=yes;")


async def test_behind_a_proxy_that_speaks_tls_the_cookie_is_kept_to_https(browser):
    told = await browser.post("/console/login", json=ANN, headers={"x-forwarded-proto": "HTTPS, http"})
    assert "Secure" in told.headers["set-cookie"]


async def test_a_form_is_taken_as_json_is(browser):
    told = await browser.post("/console/login", data=ANN)
    assert (told.status_code, told.json()["to"]) == (200, "/?server=prod")


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"username": "ann", "password": "wrong"}, 401),
        ({"username": "nobody", "password": PASSWORD}, 401),
        ({"username": "ann"}, 401),
        ({"username": "a" * 300, "password": PASSWORD}, 401),
        ({"username": "ann", "password": "p" * 2000}, 401),
        ({"username": ["ann"], "password": PASSWORD}, 400),
        ([], 400),
        ("ann", 400),
        ({**ANN, "server": "strange"}, 404),
    ],
)
async def test_what_is_no_sign_in_is_refused(browser, people, given, status):
    told = await browser.post("/console/login", json=given)
    assert told.status_code == status
    assert told.json()["message"]
    assert "set-cookie" not in told.headers
    assert len(people.sessions) == 0


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"[" * 10_000, "application/json", 400),
        (b"username=ann", "text/plain", 415),
        (b"x" * (BODY_MOST + 1), "application/json", 413),
    ],
)
async def test_nonsense_is_refused(browser, body, kind, status):
    told = await browser.post("/console/login", content=body, headers={"content-type": kind})
    assert told.status_code == status


@pytest.mark.parametrize("path", ["/console/login", "/console/logout"])
async def test_a_page_of_another_site_signs_nobody_in_or_out(browser, people, path):
    await sign_in(browser)
    told = await browser.post(path, json=ANN, headers={"origin": "http://evil.test"})
    assert told.status_code == 403
    assert len(people.sessions) == 1


async def test_a_browser_that_tries_too_often_has_to_wait(people):
    async with console(people, Pace(most=2)) as browser:
        for _ in range(3):  # good ones do not count
            assert (await sign_in(browser)).status_code == 200
        for _ in range(2):
            assert (await sign_in(browser, password="wrong")).status_code == 401
        told = await sign_in(browser)
        assert told.status_code == 429
        assert 0 < int(told.headers["retry-after"]) <= 60
        assert f"Wait {told.headers['retry-after']} seconds" in told.json()["message"]


async def test_that_the_server_has_to_be_left_alone_is_passed_on(people):
    async with console(people, Pace(most=100)) as browser:
        answers = [await sign_in(browser, password="wrong") for _ in range(6)]
    assert [each.status_code for each in answers] == [401] * 5 + [429]
    assert int(answers[-1].headers["retry-after"]) >= 1


async def test_a_flood_of_made_up_names_does_not_fill_the_record(people, tmp_path):
    journal = Journal(AuditFiles(tmp_path, 1_000_000))
    inside = Starlette(routes=routes(people, COOKIES, Pace(1), journal))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(Present(inside)), base_url="http://c") as eve:
        for number in range(REFUSALS_MOST + 20):
            body = json.dumps({"username": f"\ud800-{number}", "password": "x"})
            told = await eve.post(
                "/console/login", content=body, headers={"content-type": "application/json"}
            )
            assert told.status_code in (401, 429)
    await journal.close()
    entries = list(journal.all(AuditQuery(), "prod"))
    assert (len(entries), {entry.address for entry in entries}) == (REFUSALS_MOST, {"127.0.0.1"})


@pytest.mark.parametrize(
    ("routes", "status", "words"),
    [
        ({}, 409, "This server has no login"),
        ({"/api/v1/auth/login": answer(409, {"error": {"message": "no login here"}})}, 409, "has no login"),
        (
            {"/api/v1/auth/login": answer(500, {"error": {"code": "AUTH_ERROR", "message": "Failed"}})},
            *(409, "has no login"),
        ),
        ({"/api/v1/auth/login": answer(200, {"data": {"token": "a\nb", "user": {"id": "1"}}})}, 502, "token"),
        ({"/api/v1/auth/login": answer(200, {"data": {}})}, 502, "did not let anybody sign in"),
        ({"/api/v1/auth/login": httpx.ConnectError("refused")}, 502, "Nothing was checked"),
        ({"/api/v1/auth/login": answer(503, "<html>away")}, 502, "did not let anybody sign in"),
    ],
)
async def test_a_server_that_cannot_sign_anybody_in_is_said(routes, status, words):
    scripted = Scripted()
    for path, told in routes.items():
        scripted.on(path, told)

    def connect(server: str, token: str | None = None, refused: Callable[[], None] | None = None) -> Ratchet:
        return Ratchet("http://server.test", token=token, transport=scripted, on_unauthorized=refused)

    people = People(("",), connect, Surroundings(MemoryRooms()), idle_s=100, longest_s=1000)
    async with people.present(), console(people) as browser:
        told = await sign_in(browser)
    assert (told.status_code, words in told.json()["message"]) == (status, True), told.text


async def test_who_signs_out_has_no_session_and_no_token_any_more(browser, people, server):
    await sign_in(browser)
    id = browser.cookies[COOKIES.name]
    token = next(iter(people.sessions.of(id).seats.values())).token
    told = await browser.post("/console/logout?server=prod")
    assert told.json() == {"to": "/login?server=prod"}
    assert COOKIES.name not in browser.cookies
    assert not people.own(id)
    headers = {"authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(transport=server, base_url="http://s/api/v1", headers=headers) as asking:
        await eventually(lambda: asking.get("/auth/me"), lambda told: told.status_code == 401)


async def test_a_cookie_that_somebody_planted_is_not_taken_over(browser, people):
    await sign_in(browser)
    planted = browser.cookies[COOKIES.name]
    await sign_in(browser, server="staging")
    assert browser.cookies[COOKIES.name] != planted
    assert not people.own(planted)
    assert list(people.own(browser.cookies[COOKIES.name])) == ["prod", "staging"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        *(("/", 303), ("/tasks", 303), ("/strange/page", 303), ("/login", 200), ("/login?next=/tasks", 200)),
        *(("/assets/a.js", 200), ("/ping", 200), ("/app.css", 200)),
        *(("/console/metrics", 401), ("/console/executions/1/logs", 401), ("/console/anything", 401)),
        # What a page without a socket asks: here its socket tells it when it has to open anew, not before.
        ("/console/named", 200),
    ],
)
async def test_the_door_leads_strangers_to_the_sign_in(browser, path, status):
    files = path.endswith((".js", ".css")) or path == "/ping"
    told = await browser.get(path, headers={} if files else PAGE)
    assert told.status_code == status
    assert (status == 200) is (told.text == "the page")


async def test_who_is_signed_in_is_led_from_the_sign_in_to_where_they_wanted(browser):
    await sign_in(browser)
    wanted = [("/tasks?server=prod", "/tasks?server=prod"), ("/tasks?q=a", "/tasks?q=a&server=prod")]
    for next, to in (*wanted, ("//evil.test", "/?server=prod"), ("/login", "/?server=prod")):
        told = await browser.get("/login", params={"next": next}, headers=PAGE)
        assert (told.status_code, told.headers["location"]) == (303, to)
    assert (await browser.get("/login?server=staging", headers=PAGE)).status_code == 200
    assert (await browser.get("/console/metrics")).text == "the page"
    assert (await browser.get("/console/metrics?server=staging")).status_code == 401
