"""Stands before every act of somebody on a server: may they, can it be written down, and what came of it."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Protocol

from ratchet_web.api import Forbidden, RatchetError
from ratchet_web.api.acting import Deed, request_of, unasked
from ratchet_web.audit.actor import actor
from ratchet_web.audit.deeds import about, act_of, after, failed
from ratchet_web.audit.journal import Journal
from ratchet_web.models.acts import Act
from ratchet_web.models.audit import Result

UNFIT = "Your role does not allow this"


class Whom(Protocol):
    """Whose acts these are, as far as that is the same for all that come this way."""

    @property
    def name(self) -> str:
        """Who it is; empty where that is not the same for all."""

    @property
    def word(self) -> str:
        """Their role, as people call it; empty where the console knows none."""

    def permits(self, act: Act | None) -> bool:
        """Return whether the console lets this be tried; None: an act that nobody has named."""


class Recorder:
    """The one door through which acts on a server go (`Ratchet(acting=…)`), and are written down."""

    def __init__(self, journal: Journal, server: str, whom: Whom) -> None:
        self._journal, self._server, self._whom = journal, server, whom

    async def __call__(self, deed: Deed, carry_out: Callable[[], Awaitable[Any]]) -> Any:
        """Carry a deed out, or refuse it, and write down which; those of a bulk run have entries of its own.

        Raises:
            Forbidden: the role is not enough.
            Refused: it could not be written down.
            RatchetError: whatever the server says.
        """
        if not self._whom.permits(act_of(deed)):
            self.refused(**about(deed) | {"note": UNFIT})
            raise Forbidden(UNFIT, status=403)
        if actor().run:
            return await carry_out()
        await self._journal.ready()
        unasked()
        try:
            answer = await carry_out()
        except BaseException as error:
            told = about(deed) | failed(deed, error)
            if isinstance(error, RatchetError):
                await self.write(**told)
            else:
                self.note(**told)
            raise
        await self.write(**about(deed) | {"request_id": request_of()} | after(deed, answer))
        return answer

    async def ready(self) -> None:
        """Come back when acts can be written down; raises `Refused` as `Journal.ready`."""
        await self._journal.ready()

    async def write(self, **fields: Any) -> None:
        """Write an entry about this server, and come back when the disk has it."""
        await self._journal.write(**self._whose(), **fields)

    def note(self, **fields: Any) -> None:
        """Write an entry about this server in a moment."""
        self._journal.note(**self._whose(), **fields)

    def refused(self, **fields: Any) -> None:
        """Write that something was refused before anybody was asked."""
        self.note(**{"result": Result.REFUSED, **fields})

    def forbidden(self, act: Act, ids: Iterable[str] = ()) -> None:
        """Write that somebody tried what their role does not allow."""
        verb, _, noun = act.value.partition("_")
        self.refused(noun=noun, verb=verb, ids=tuple(ids), note=UNFIT)

    def _whose(self) -> dict[str, str]:
        return {"server": self._server, "who": self._whom.name, "role": self._whom.word}
