"""One act on many rows: what a person chose, confirmed, aborted. How far it is comes live."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import reflex as rx

from ratchet_web.api import RatchetError, Refused
from ratchet_web.bulk.acts import QUERIES
from ratchet_web.bulk.run import Run, Wish
from ratchet_web.bulk.runs import Runs
from ratchet_web.logic.addresses import with_param
from ratchet_web.logic.bulk import FIELDS, PACES, ROW_FIELDS, as_csv, as_json_lines, is_act, is_value
from ratchet_web.logic.json_text import sendable
from ratchet_web.models.base import is_row_id
from ratchet_web.models.runs import Choice
from ratchet_web.state.acts import ACTS
from ratchet_web.state.notices import Notices
from ratchet_web.state.refusals import forbidden
from ratchet_web.state.services import go, server_of, services
from ratchet_web.state.started import note_started
from ratchet_web.state.viewing import BULK, asked, in_words

MOST_TICKED = 100
TOO_MANY = f"More than {MOST_TICKED} rows are ticked. Tick fewer, or take all that match."
NOT_UNDERSTOOD = "The address asks for something that this list does not know ({names}): remove it first."
REASON_LIMIT = 1_000
FORMS = {"csv": (as_csv, "text/csv"), "jsonl": (as_json_lines, "application/x-ndjson")}


class Bulk(rx.State):
    """The bulk acts of one viewer. Which run is open, the address says (`?bulk=`); the rest is the run's."""

    busy: bool = False
    wrong: str = ""
    _begun: str = ""

    @rx.event
    async def choose(self, noun: str, verb: str, ids: list[str], value: str = "") -> AsyncIterator[Any]:
        """Count the ticked rows, and ask; `value` is what the act sets."""
        if not is_act(noun, verb) or not is_value(verb, value) or not isinstance(ids, list) or not ids:
            return
        if len(ids) > MOST_TICKED:
            # Rows that left the page stay ticked: a live list can come to more than a page of them.
            await self._tell(TOO_MANY)
        elif all(map(is_row_id, ids)) and await self._may(noun, verb):
            async for event in self._planned(Choice(noun, verb, ids=tuple(dict.fromkeys(ids)), value=value)):
                yield event

    @rx.event
    async def choose_all(self, noun: str, verb: str, value: str = "") -> AsyncIterator[Any]:
        """Count all rows that match the query of the page's address, and ask."""
        if is_act(noun, verb) and is_value(verb, value) and await self._may(noun, verb):
            query, bad = asked(self, QUERIES[noun])
            if bad or f"/{noun}" != self.router.url.path.rstrip("/"):
                # What was not understood would have left rows out.
                await self._tell(NOT_UNDERSTOOD.format(names=", ".join(bad) or self.router.url.path[:40]))
                return
            # What a range means is settled now: the rows that are counted are those that are acted on.
            async for event in self._planned(
                Choice(noun, verb, query=query.as_of(datetime.now(UTC)), value=value)
            ):
                yield event

    @rx.event
    async def start(self, form: dict[str, Any]) -> AsyncIterator[Any]:
        """Begin to act on the rows of the run that is open; the form has the number that was typed."""
        given = form if isinstance(form, dict) else {}
        typed, reason, pace = (_text(given.get(name)) for name in ("number", "reason", "pace"))
        if pace not in PACES or PACES[pace] == 0:
            return
        self.wrong = ""

        async def begun(runs: Runs, id: str) -> Run:
            try:
                run = await runs.find(id)
                if run.has_begun and runs.are_one(id, self._begun):
                    return run  # a second press of the same viewer
                may = self._may_later(run.choice)
                run = await runs.start(id, typed, Wish(reason, PACES[pace], may))
                self._begun = id
                await note_started(self, run.id)
                return run
            except Refused as error:
                self.wrong = in_words(error)
                return await runs.find(id)

        # Where the server takes it over, it has another id: the panel follows that, if it is still open then.
        async for _ in self._opened(begun):
            yield

    @rx.event
    async def abort(self) -> AsyncIterator[Any]:
        """Let the run that is open do nothing more."""
        async for _ in self._opened(lambda runs, id: runs.abort(id)):
            yield

    @rx.event
    async def undo(self, id: str) -> AsyncIterator[Any]:
        """Take back a run that was confirmed a moment ago: nothing was done."""
        if isinstance(id, str):
            async for _ in self._opened(lambda runs, id: runs.take_back(id), id):
                yield

    @rx.event
    async def pace(self, pace: str) -> AsyncIterator[Any]:
        """Let the run that is open go on slower, faster, or not for now."""
        if isinstance(pace, str) and pace in PACES:
            async for _ in self._opened(lambda runs, id: runs.pace(id, PACES[pace])):
                yield

    @rx.event
    async def again(self) -> AsyncIterator[Any]:
        """Count the rows that the run could not act on, and ask."""
        async for event in self._opened(lambda runs, id: runs.again(id)):
            yield event

    @rx.event
    async def export(self, form: str) -> Any:
        """Download what became of each row of the run that is open."""
        if not isinstance(form, str) or form not in FORMS:
            return None
        try:
            run = await services(self).runs.find(self._open_id())
        except RatchetError as error:
            await self._tell(in_words(error))
            return None
        written, kind = FORMS[form]
        name = f"{run.choice.verb}-{run.choice.noun}-{run.id}.{form}"
        return rx.download(
            data=written(run.items.values(), ROW_FIELDS if run.creation else FIELDS),
            filename=name,
            mime_type=kind,
        )

    def _open_id(self) -> str:
        """Return the id of the run that the address names; empty where it names none."""
        return self.router.url.query_parameters.get(BULK, "").partition(".")[0]

    async def _planned(self, choice: Choice) -> AsyncIterator[Any]:
        self.wrong = ""
        try:
            run = services(self).runs.plan(choice)
        except RatchetError as error:
            await self._tell(in_words(error))
            return
        yield self._to(run)

    async def _may(self, noun: str, verb: str) -> bool:
        """Return whether the viewer may do this, and say it where they may not."""
        why = forbidden(self, ACTS[noun, verb])
        if why:
            await self._tell(why)
        return not why

    def _may_later(self, choice: Choice) -> Callable[[], bool]:
        """Return what says whether the viewer may still do this when its time has come."""
        act, person = ACTS.get((choice.noun, choice.verb)), services(self).person
        return lambda: act is None or person.may(act)

    async def _opened(self, act: Callable[[Runs, str], Awaitable[Run]], of: str = "") -> AsyncIterator[Any]:
        """Do something about the open run, and show the run that it leads to, or say why it is not done.

        `of`: about this one instead, whichever is open.
        """
        if self.busy:
            return
        self.busy = True
        yield
        try:
            runs, id = services(self).runs, of or self._open_id()
            choice = (await runs.find(id)).choice
            # The server itself may have run another act: then it alone judges.
            act_known = (choice.noun, choice.verb) in ACTS
            if act_known and not await self._may(choice.noun, choice.verb):
                return
            run = await act(runs, id)
        except RatchetError as error:
            await self._tell(in_words(error))
            return
        finally:
            self.busy = False
        yield None if of or run.id == self._open_id() else self._to(run)

    def _to(self, run: Run) -> Any:
        url = self.router.url
        return go(self, with_param(f"/{url.path.lstrip('/')}?{url.query}", BULK, run.id))

    async def _tell(self, text: str) -> None:
        (await self.get_state(Notices))._tell(server_of(self), "error", text)


def _text(value: object) -> str:
    return sendable(value[:REASON_LIMIT]) if isinstance(value, str) else ""
