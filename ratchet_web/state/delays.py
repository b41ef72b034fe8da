"""What a person takes back, or has read, of the acts that wait a moment."""

import reflex as rx

from ratchet_web.api import RatchetError
from ratchet_web.models.base import is_row_id
from ratchet_web.state.acts import ACTS
from ratchet_web.state.notices import Notices
from ratchet_web.state.refusals import forbidden
from ratchet_web.state.services import server_of, services
from ratchet_web.state.viewing import in_words


class Undo(rx.State):
    """The way back from an act on one row, `tasks/12`. It waits at the console, for every tab to see."""

    @rx.event
    async def undo(self, row: str) -> None:
        """Let what waits for a row not be done."""
        if not _is_row(row):
            return
        try:
            delays = services(self).delays
            waits = delays.waiting(row)
            why = forbidden(self, ACTS[waits.noun, waits.verb]) if waits else ""
            if not why:
                await delays.take_back(row)
        except RatchetError as error:
            why = in_words(error)
        if why:
            (await self.get_state(Notices))._tell(server_of(self), "error", why)

    @rx.event
    async def dismiss(self, row: str) -> None:
        """Say no more of what was done to a row, or failed."""
        if _is_row(row):
            await services(self).delays.hush(row)


def _is_row(row: object) -> bool:
    noun, _, id = row.partition("/") if isinstance(row, str) else ("", "", "")
    return noun in ("tasks", "schedules", "jobs") and is_row_id(id)
