"""Secrets, each planted where it belongs, and all that a page gets and keeps, to look for them in it."""

import re
from collections.abc import Mapping

import httpx
from playwright.async_api import Page, Request
from redis.asyncio import Redis as RedisClient

from ratchet_web.access.shared_sessions import SharedSessions
from ratchet_web.models.destinations import OutputDestination
from ratchet_web.peers.peers import Peers
from tests.support.people import PASSWORD
from tests.support.redis import Redis

CONSOLE_TOKEN = "planted-token-of-the-console-32-characters"
PLANTED = {
    "the console's token": CONSOLE_TOKEN,
    "a password": PASSWORD,
    "a wrong password": "planted-wrong-password",
    "a header": "planted-value-of-a-header",
    "a bearer token": "planted-bearer-token",
    "a basic password": "planted-basic-password",
    "an API key": "planted-key-of-a-schedule",
    "a token in a draft": "planted-token-of-a-draft",
    "a token of a test": "planted-token-of-a-test",
}
STORED = "JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, location.href])"
# What a script of the page can do with a destination that somebody wrote.
TEST = (
    "wanted => fetch('/console/deliveries/test', {method: 'POST', body: JSON.stringify(wanted),"
    " headers: {'content-type': 'application/json'}}).then(answer => answer.text())"
)
# A session of a test is never over by itself.
AGES_S = 1e6
Produced = dict[str, list[str]]


def webhook(url: str, auth: Mapping[str, object], **headers: str) -> OutputDestination:
    """Return a destination with secrets."""
    part = {"url": url, "headers": headers or None, "authentication": auth}
    return OutputDestination.model_validate({"destinationType": "WEBHOOK", "webhook": part})


def bearer(token: str) -> dict[str, object]:
    """Return what a destination has of a token."""
    return {"authType": "BEARER", "bearer": {"token": token}}


def secret_places(url: str) -> list[OutputDestination]:
    """Return destinations of a job, each with other secrets."""
    basic = {"authType": "BASIC", "basic": {"username": "ann", "password": PLANTED["a basic password"]}}
    first = webhook(url, bearer(PLANTED["a bearer token"]), **{"x-hook-token": PLANTED["a header"]})
    return [first, webhook(url, basic)]


def secret_place(url: str) -> OutputDestination:
    """Return a destination of a schedule."""
    return webhook(url, {"authType": "APIKEY", "apiKey": {"key": PLANTED["an API key"]}})


class Watched:
    """All that a page hears by its sockets, shows and stores; `asked` are the addresses that it asked for."""

    def __init__(self, page: Page) -> None:
        self.produced: Produced = {"pages": [], "storage": [], "socket": [], "answers": []}
        self.asked: list[str] = []
        self._page = page
        page.on("request", self._note)
        page.on("websocket", lambda socket: socket.on("framereceived", self._hear))

    async def take(self) -> None:
        """Take what a person, or a script, could see now."""
        self.produced["pages"].append(await self._page.evaluate("document.documentElement.outerHTML"))
        self.produced["storage"].append(await self._page.evaluate(STORED))

    async def read_again(self) -> None:
        """Ask once more for all pages and data that were asked for; keep the answers, headers included."""
        (cookie,) = [each for each in await self._page.context.cookies() if each["httpOnly"]]
        jar = {cookie["name"]: cookie["value"]}
        async with httpx.AsyncClient(cookies=jar, trust_env=False) as client:
            for url in sorted({url for url in self.asked if not re.search(r"/assets/|/_event|\.\w+$", url)}):
                answer = await client.get(url)
                self.produced["answers"].append(f"{answer.headers} {answer.text}")

    def _note(self, request: Request) -> None:
        self.asked.append(request.url)

    def _hear(self, frame: str | bytes) -> None:
        self.produced["socket"].append(frame if isinstance(frame, str) else frame.decode(errors="replace"))


async def token_behind(redis: Redis, id: str) -> str:
    """Return the token that a session has on the server: it is in Redis for who has the cookie."""
    async with RedisClient.from_url(redis.url) as client:
        known = SharedSessions(client, Peers(), idle_s=AGES_S, longest_s=AGES_S, ended=lambda seat: None)
        await known.meet(id)
        session = known.of(id)
        assert session
        return session.seats[""].token


async def kept_in(redis: Redis) -> str:
    """Return all that is in Redis."""
    async with RedisClient.from_url(redis.url) as client:
        return repr([(key, await client.dump(key)) for key in await client.keys("*")])


def found_in(produced: Produced, secrets: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return where which secret is."""
    return [
        (kind, name)
        for kind, texts in produced.items()
        for name, secret in secrets.items()
        if any(secret in text for text in texts)
    ]
