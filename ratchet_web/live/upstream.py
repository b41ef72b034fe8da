"""How changes of the server reach this process: one stream of events, or looking now and then."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum

from ratchet_web.api import Broken, NotFound, Ratchet, RatchetError, Refused
from ratchet_web.api.http import NO_GRAPHQL
from ratchet_web.api.retry import passing
from ratchet_web.live import policy
from ratchet_web.live.rows import Row
from ratchet_web.models.dialect import Ability, Dialect
from ratchet_web.models.instants import now_ms
from ratchet_web.models.monitoring import Change, Reset

# A stream that breaks off sooner counts as a further failure.
STEADY_S = 5.0
# A server that announces nothing may be replaced by another one between two looks.
ANOTHER_S = 600.0
logger = logging.getLogger(__name__)


class Mode(StrEnum):
    """How changes reach us now."""

    LIVE = "live"
    POLLING = "polling"
    CONNECTING = "connecting"
    OFFLINE = "offline"


class Upstream:
    """The link to the server, while somebody watches.

    `changed` is called with each change, `doubted` whenever everything may have changed unnoticed, `turned`
    whenever `state()` says something new.
    """

    def __init__(
        self,
        api: Ratchet,
        *,
        changed: Callable[[Change], None],
        doubted: Callable[[], None],
        turned: Callable[[], None],
    ) -> None:
        self._api = api
        self._changed, self._doubted, self._turned = changed, doubted, turned
        self._mode = Mode.CONNECTING
        self._since = now_ms()
        self._last: int | None = None
        self._error: str | None = None
        self._failures = 0
        self._steady_at: float | None = None
        self._paces: dict[str, float] = {}
        self._dialect: Dialect | None = None
        self._known = asyncio.Event()
        self._lost: asyncio.Future[None] | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def announces(self) -> bool:
        """Whether changes are announced now, so that nobody has to look for them."""
        return self._mode is Mode.LIVE

    @property
    def costly(self) -> bool:
        """Whether each look costs of the few requests that the server answers in a day."""
        return self._dialect is not None and self._dialect.limited and not self._dialect.graphql

    def state(self) -> Row:
        """Return what viewers are told of the link; `since` in epoch ms, as `last`: when it was last good."""
        known = self._dialect or Dialect()
        return {
            "mode": self._mode.value,
            "interval_s": min(self._paces.values(), default=None) if self._mode is Mode.POLLING else None,
            "since": self._since,
            "last": self._last,
            "server": self._api.server,
            "version": known.version,
            "name": known.server,
            "cannot": {ability.value: why for ability, why in known.cannot.items()},
            "caveats": known.caveats,
            "costly": self.costly,
            "error": self._error,
        }

    async def dialect(self) -> Dialect:
        """Return what the server can do; waits until the server has answered once."""
        while self._dialect is None:
            await self._known.wait()
        return self._dialect

    def wake(self) -> None:
        """Connect, if not connected."""
        if self._task is None:
            self._failures = 0
            self._turn(Mode.CONNECTING)
            self._task = asyncio.create_task(self._run(), name="upstream")

    async def rest(self) -> None:
        """Close the stream: nobody watches."""
        task, self._task = self._task, None
        if task:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    def paced(self, topic: str, wait_s: float | None) -> None:
        """Note how often a topic is looked at; None: not at all."""
        before = self.state()
        if wait_s is None:
            self._paces.pop(topic, None)
        else:
            self._paces[topic] = wait_s
        if before != self.state():
            self._turned()

    def missed(self, error: RatchetError) -> None:
        """Note that a look failed: where changes are not announced, this is how a lost server shows.

        So does one that speaks otherwise than it did.
        """
        if self._lost and not self._lost.done() and (passing(error) or error.code == NO_GRAPHQL):
            self._lost.set_exception(error)

    async def _run(self) -> None:
        while True:
            self._steady_at = None
            try:
                await self._connect()
            except RatchetError as error:
                logger.info("Lost the server: %s (request %s)", error, error.request_id)
                await self._pause(error)
            except Exception:
                # The edge of a task: without this the console would silently stay as it is.
                logger.exception("The link to the server failed")
                await self._pause(Broken("The console's own link to the server failed; its log says why"))

    async def _pause(self, error: RatchetError) -> None:
        steady = self._steady_at is not None and asyncio.get_running_loop().time() > self._steady_at
        self._failures = 1 if steady else self._failures + 1
        self._turn(Mode.OFFLINE if self._failures > 1 else Mode.CONNECTING, error)
        await asyncio.sleep(policy.reconnect_s(self._failures, error))

    async def _connect(self) -> None:
        """Hear or look for changes until the server is lost, or is another.

        Raises:
            RatchetError: why it was lost.
        """
        self._dialect = await self._api.dialect(afresh=True)
        self._known.set()
        if not self._dialect.can(Ability.EVENTS):
            await self._look()
            return
        try:
            await self._listen()
        except (NotFound, Refused, Broken) as error:
            if passing(error):
                raise
            logger.warning("The server announces events but does not send them: %s", error)
            await self._look()

    async def _listen(self) -> None:
        async with self._api.monitoring.events() as changes:
            self._turn(Mode.LIVE)
            # The stream is open: what is read from now on misses nothing.
            self._doubted()
            async for change in changes:
                if isinstance(change, Reset):
                    self._doubted()
                else:
                    self._changed(change)

    async def _look(self) -> None:
        """Leave it to the topics to look, until one of them finds the server gone, or it is another."""
        self._lost = asyncio.get_running_loop().create_future()
        self._turn(Mode.POLLING)
        self._doubted()
        while not (await asyncio.wait({self._lost}, timeout=ANOTHER_S))[0]:
            if await self._is_another():
                return
        await self._lost

    def _in_words(self, error: RatchetError) -> str:
        if error.status != 401:
            return str(error)
        if self._api.has_token:
            return f"The server refuses the console's token ({str(error).rstrip('.')})"
        return (
            "The server wants a login, and the console has no token (RATCHET_API_TOKEN, or RATCHET_WEB_AUTH)"
        )

    async def _is_another(self) -> bool:
        """Whether the server speaks otherwise than it did; if it says nothing, the topics find that out."""
        try:
            return await self._api.dialect(afresh=True) != self._dialect
        except RatchetError as error:
            logger.info("Not known whether it is still the same server: %s", error)
            return False

    def _turn(self, mode: Mode, error: RatchetError | None = None) -> None:
        if mode in (Mode.LIVE, Mode.POLLING):
            self._steady_at = asyncio.get_running_loop().time() + STEADY_S
        if mode is not self._mode:
            if self._mode in (Mode.LIVE, Mode.POLLING):
                self._last = now_ms()
            self._mode, self._since = mode, now_ms()
        self._error = self._in_words(error) if error else None
        self._turned()
