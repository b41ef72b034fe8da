"""`ratchet-web up` where a login is wanted: the console gets in by a token that nobody else sees."""

import httpx
import pytest

from tests.e2e.test_login import fill
from tests.support.people import add_first
from tests.support.system import System, running

SECRETS = ("RATCHET_SERVER_CONSOLE_TOKEN", "RATCHET_API_TOKEN")


@pytest.fixture(scope="module")
def guarded(built, tmp_path_factory):
    """A system whose server wants a login."""
    yield from running(tmp_path_factory.mktemp("data"), server_auth="on")


def secret(system: System) -> str:
    """Return the token that `up` made for its console."""
    environment = system.console.environ()
    (found,) = {environment[name] for name in SECRETS if environment.get(name)}
    return found


def asked(system: System, token: str | None = None) -> int:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    return httpx.get(f"{system.api_url}/tasks", headers=headers, trust_env=False).status_code


def add_task(system: System, name: str) -> None:
    body = {"name": name, "version": "1.0.0", "sourceCode": "function main() {}"}
    headers = {"authorization": f"Bearer {secret(system)}"}
    httpx.post(f"{system.api_url}/tasks", json=body, headers=headers, trust_env=False).raise_for_status()


async def test_the_console_gets_in_and_others_do_not(guarded, visitors):
    add_task(guarded, "seen-by-the-console")
    page = await visitors.of(guarded.url)("/tasks")
    await page.get_by_text("seen-by-the-console").first.wait_for()
    assert asked(guarded) == 401
    assert asked(guarded, "rat_guessed") == 401


def test_the_token_is_shown_nowhere_and_ends_with_the_run(guarded):
    token = secret(guarded)
    assert asked(guarded, token) == 200
    assert all(token not in " ".join(each.cmdline()) for each in guarded.tree())
    guarded.stop()
    assert all(token not in line for line in guarded.said)
    files = [file for file in guarded.data_dir.rglob("*") if file.is_file()]
    assert all(token.encode() not in file.read_bytes() for file in files)
    guarded.start()
    assert asked(guarded, token) == 401
    assert asked(guarded, secret(guarded)) == 200


@pytest.fixture
def personal(built, tmp_path_factory):
    """A system that other machines reach and where people sign in."""
    data_dir = tmp_path_factory.mktemp("data")
    add_first(data_dir)
    yield from running(data_dir, web_auth="ratchet", server_host="0.0.0.0", web_host="0.0.0.0")


async def test_where_people_sign_in_the_console_has_no_token_of_its_own(personal, visitors):
    assert not [name for name in SECRETS if personal.console.environ().get(name)]
    assert asked(personal) == 401
    page = await visitors.of(personal.url)("/tasks")
    await fill(page, "ann")
    await page.get_by_role("link", name="add-numbers").first.wait_for()
