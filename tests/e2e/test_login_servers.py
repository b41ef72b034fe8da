"""Several servers, each with a login of its own: signing in on one says nothing of the others."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from typing import NamedTuple

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.conftest import OpenPage, Visitors
from tests.e2e.steps import row_of
from tests.e2e.test_login import SIGN_IN, fill, sign_out
from tests.e2e.test_servers import is_of, switch_to
from tests.support.people import add_first, add_others, revoke
from tests.support.server import Process, on_port
from tests.support.system import System, running

NAMES = ("prod", "staging")


class Two(NamedTuple):
    """Two servers that want a login, and a console that knows both."""

    console: System
    servers: dict[str, Process]


@pytest.fixture(scope="module")
def two(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    """A console of two servers where people sign in."""
    with ExitStack() as stack:
        servers = {}
        for name in NAMES:
            data_dir = tmp_path_factory.mktemp(name)
            add_first(data_dir)
            servers[name] = stack.enter_context(on_port(data_dir, RATCHET_SERVER_AUTH="on"))
            add_others(servers[name].url)
        urls = ",".join(f"{name}={server.url}" for name, server in servers.items())
        for console in running(tmp_path_factory.mktemp("unused"), servers=urls, web_auth="ratchet"):
            yield Two(console, servers)


@pytest_asyncio.fixture(loop_scope="session")
async def open_it(two: Two, visitors: Visitors) -> OpenPage:
    """Open pages of the console."""
    return visitors.of(two.console.url)


async def is_asked(page: Page, server: str) -> None:
    """Wait until the page asks to sign in on this server."""
    await expect(page).to_have_url(re.compile(rf"/login\?server={server}"))
    await expect(page.get_by_text(f"account of the Ratchet server {server}")).to_be_visible()


async def test_the_switch_leads_to_the_sign_in_of_the_other_server_and_then_to_its_page(open_it):
    page = await open_it("/executions?status=FAILED&server=prod")
    await is_asked(page, "prod")
    await fill(page, "ann")
    await is_of(page, "prod")
    await switch_to(page, "staging")
    await is_asked(page, "staging")
    await fill(page, "rob")
    await expect(page).to_have_url(re.compile(r"/executions\?status=FAILED&server=staging$"))
    await is_of(page, "staging")
    await expect(page.get_by_role("button", name="Account of rob")).to_be_visible()
    await switch_to(page, "prod")
    await is_of(page, "prod")
    await expect(page.get_by_role("button", name="Account of ann")).to_be_visible()


async def test_a_strange_server_is_said_to_those_alone_who_are_signed_in(open_it):
    page = await open_it("/tasks?server=strange")
    await expect(page).to_have_url(SIGN_IN)
    await expect(page.get_by_role("link", name="staging")).to_have_attribute("href", "/login?server=staging")
    await fill(page, "uma")
    await expect(page.get_by_role("heading", name="This console knows no server “strange”")).to_be_visible()


async def test_a_session_that_one_server_ended_goes_on_on_the_other(two, open_it):
    page = await open_it("/tasks?server=prod")
    await fill(page, "uma")
    await is_of(page, "prod")
    await switch_to(page, "staging")
    await fill(page, "uma")
    await is_of(page, "staging")
    other = await page.context.new_page()
    await other.goto("/tasks?server=prod")
    await is_of(other, "prod")
    revoke(two.servers["staging"].url, "uma")
    await is_asked(page, "staging")
    await other.reload()
    await is_of(other, "prod")
    await sign_out(other)
    await expect(other).to_have_url(re.compile(r"/login\?server=prod$"))


async def test_each_server_shows_its_own_after_a_sign_in_on_both(two, open_it):
    page = await open_it("/tasks?server=staging")
    await fill(page, "uma")
    await is_of(page, "staging")
    await expect(row_of(page, "add-numbers")).to_be_visible()
    await page.goto("/tasks/1?server=prod")
    await is_asked(page, "prod")
    await fill(page, "rob")
    await is_of(page, "prod")
    await expect(page.get_by_role("link", name="Edit")).to_have_count(0)
    await page.goto("/tasks/1?server=staging")
    await is_of(page, "staging")
    await expect(page.get_by_role("link", name="Edit")).to_be_visible()
