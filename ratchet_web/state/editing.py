"""What writing a task and writing a schedule share: what is told of a save, and of somebody else's change."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, ClassVar

import reflex as rx

from ratchet_web.api import Conflict, RatchetError, Refused, Unreachable
from ratchet_web.models.acts import Act
from ratchet_web.models.schedules import Schedule
from ratchet_web.models.tasks import Task
from ratchet_web.state.refusals import note_refusal
from ratchet_web.state.services import server_of
from ratchet_web.state.viewing import described, field_errors, path_part

UNSAVED = "Not saved yet: mend what is marked above."
Errors = list[dict[str, str]]


class Editing(rx.State, mixin=True):
    """A document being written, as it was when it was opened, and what is wrong with what was typed.

    `base` names what of the server's the form was filled from; the browser keeps the one that a draft was
    begun from, and sends it when it saves.
    """

    NOUN: ClassVar[str] = ""
    ACT: ClassVar[Act]

    id: str = ""
    doc_key: str = ""
    draft_key: str = ""
    saved_key: str = ""
    saved_to: str = ""
    base: str = ""
    errors: dict[str, str] = {}
    failure: dict[str, str] = {}
    conflict: dict[str, Any] = {}
    unsaved: str = ""
    # Counts the saves that a marked field was in the way of: each leads to the first of them.
    stumbles: int = 0
    busy: bool = False
    _server: str = ""

    @rx.event
    def go_on(self) -> None:
        """Put the comparison away: what was typed stays, and so does what it was made from."""
        self.conflict, self.unsaved = {}, ""

    def _is_open(self) -> bool:
        """Return whether what the address names is what was read."""
        return (server_of(self), path_part(self, 1)) == (self._server, self.id or "new")

    def _is_marked(self) -> bool:
        """Return whether one of the fields is said to be wrong, and not just the whole."""
        raise NotImplementedError

    def _place(self, errors: Errors) -> None:
        """Show what the server refused at its fields."""
        raise NotImplementedError

    def _still_read(self) -> str:
        return f"Not saved yet: the {self.NOUN} is still being read. Try again in a moment."

    async def _keep(self, save: Callable[[], Awaitable[Task | Schedule | None]]) -> AsyncIterator[None]:
        """Save, once, and lead to what was saved, or say why nothing was."""
        self.busy = True
        yield
        try:
            saved = await save()
        finally:
            self.busy = False
        if saved is None:
            self._say_why()
            return
        # The browser goes there itself, once it knows that nothing typed is unsaved any more.
        self.conflict, self.saved_to = {}, f"/{self.NOUN}s/{saved.id}"
        self.saved_key = f"{saved.id} {saved.updated_at}"

    async def _explain(self, error: RatchetError) -> None:
        """Show what kept the server from saving, or that nobody knows whether it did."""
        if isinstance(error, Refused) or (isinstance(error, Conflict) and error.fields):
            self._place(field_errors(error))
            return
        await note_refusal(self, self.ACT, error)
        unknown = isinstance(error, Unreachable) and error.unanswered
        self.failure = described(self._in_doubt() if unknown else f"The {self.NOUN} was not saved", error)

    def _in_doubt(self) -> str:
        return f"It is not known whether the {self.NOUN} was saved"

    def _say_why(self) -> None:
        """Say beside the button why nothing was saved."""
        if self.conflict:
            self.unsaved = f"Not saved yet: somebody else changed the {self.NOUN}. Choose what to keep."
        elif self._is_marked():
            self.unsaved, self.stumbles = UNSAVED, self.stumbles + 1
        else:
            begins = self._in_doubt() if self.failure.get("title") == self._in_doubt() else "Not saved yet"
            why = self.failure.get("message") or self.errors.get("form") or "nobody says why."
            self.unsaved = f"{begins}: {why}"

    def _show_both(self, theirs: Task | Schedule, base: str, fields: Errors, **more: Any) -> None:
        """Show what differs between what is typed and what the server has."""
        changed_at = theirs.updated_at.isoformat() if theirs.updated_at else None
        self.conflict = {"base": base, "changed_at": changed_at, "fields": fields, **more}
