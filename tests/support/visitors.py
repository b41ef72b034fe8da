"""Pages of a console in a real browser, each for a visitor of its own who comes for the first time.

A page that has shown the console before opens it in a third of the time, because the browser has compiled
its scripts. So a visitor who leaves is forgotten (cookies, storage, size, routes), and the page waits for the
next one.
"""

import json
from collections.abc import Sequence
from typing import Any, Literal, Protocol

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, ViewportSize
from playwright.async_api import Error as PlaywrightError

# Long, for a machine that does other things as well: only what fails waits for it.
PAGE_TIMEOUT_MS = 20_000
WINDOW: ViewportSize = {"width": 1280, "height": 720}
# What turns for as long as something runs would be painted sixty times a second.
STILL = {"reduced_motion": "reduce"}
# Which options a page can take on later: it costs a tenth of another page.
PLIANT = {"viewport", "color_scheme", "permissions"}
# Pages that nobody uses; each holds some memory.
MOST_IDLE = 8
# A small file of the same origin, where no script writes anything; only of such a file the browser asks for
# an icon that is not there.
QUIET = "/favicon.svg"
NO_ICON = "/favicon.ico"


class OpenPage(Protocol):
    """Opens a path of the console for a new visitor; `options` are those of Playwright's `new_context`.

    With `once`, the browser has seen nothing of the console before, and nobody gets the page afterwards: for
    tests of what is loaded, and those that put into a page what cannot be taken out (a clock, a script).
    """

    async def __call__(self, path: str = "/", *, once: bool = False, **options: Any) -> Page: ...


class Seat:
    """A browser context and its page; `errors` are those that its pages logged."""

    def __init__(self, key: str, context: BrowserContext, page: Page) -> None:
        self.key, self.context, self.page = key, context, page
        self.errors: list[str] = []
        self._used = False
        context.on("console", self._console)
        context.on("weberror", lambda error: self.errors.append(str(error.error)))

    async def forget(self) -> None:
        """Leave the console, and let nothing of the visitor stay but what no page can see."""
        for other in self.context.pages:
            if other is not self.page:
                await other.close()
        await self.page.goto("about:blank")
        await self.page.unroute_all()
        await self.page.mouse.move(-1, -1)
        await self.context.clear_cookies()
        self.errors = []

    async def suit(
        self,
        viewport: ViewportSize = WINDOW,
        color_scheme: Literal["dark", "light"] = "light",
        permissions: Sequence[str] = (),
    ) -> None:
        """Be what the next visitor needs, as far as a seat can become that."""
        await self.page.set_viewport_size(viewport)
        await self.page.emulate_media(color_scheme=color_scheme)
        await self.context.clear_permissions()
        if permissions:
            await self.context.grant_permissions(permissions)

    async def open(self, path: str) -> Page:
        """Open a path; nothing is stored."""
        if self._used:
            await self.page.goto(QUIET)
            await self.page.evaluate("localStorage.clear(), sessionStorage.clear()")
        self._used = True
        await self.page.goto(path)
        return self.page

    def _console(self, message: ConsoleMessage) -> None:
        url = message.location.get("url", "")
        if message.type == "error" and not url.endswith(NO_ICON):
            self.errors.append(f"{message.text} ({url})")


class Seats:
    """The seats of a browser that nobody uses now, the latest last."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._idle: list[Seat] = []

    async def take(self, url: str, options: dict[str, Any], *, fresh: bool) -> Seat:
        """Return a seat for a visitor of this address."""
        given = {name: options[name] for name in options.keys() & PLIANT}
        fixed = {name: options[name] for name in options.keys() - PLIANT}
        key = json.dumps([url, fixed], sort_keys=True)
        found = None if fresh else next((seat for seat in self._idle if seat.key == key), None)
        if found:
            self._idle.remove(found)
            await found.suit(**given)
            return found
        context = await self._browser.new_context(base_url=url, **{**STILL, **options})
        context.set_default_timeout(PAGE_TIMEOUT_MS)
        return Seat(key, context, await context.new_page())

    async def give_back(self, seat: Seat) -> None:
        """Keep a seat for the next visitor, or close it where it cannot be used again."""
        try:
            await seat.forget()
        except PlaywrightError:
            await seat.context.close()
            return
        self._idle.append(seat)
        while len(self._idle) > MOST_IDLE:
            await self._idle.pop(0).context.close()


class Visitors:
    """The visitors of one test, and the errors that their pages log."""

    def __init__(self, seats: Seats) -> None:
        self._seats = seats
        self._taken: list[tuple[Seat, bool]] = []
        self._errors: list[str] = []

    def of(self, url: str, *, once: bool = False) -> OpenPage:
        """Return what opens pages under this address, all of them `once` or those that say so."""
        always = once

        async def open_page(path: str = "/", *, once: bool = always, **options: Any) -> Page:
            seat = await self._seats.take(url, options, fresh=once)
            self._taken.append((seat, once))
            return await seat.open(path)

        return open_page

    def errors(self) -> list[str]:
        """Return what pages have logged since the last time that this was asked."""
        for seat, _ in self._taken:
            self._errors += seat.errors
            seat.errors = []
        told, self._errors = self._errors, []
        return told

    async def close(self) -> list[str]:
        """Let all of them leave; return what their pages logged before."""
        told = self.errors()
        for seat, once in self._taken:
            if once:
                await seat.context.close()
            else:
                await self._seats.give_back(seat)
        self._taken = []
        return told
