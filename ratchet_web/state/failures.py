"""The failures pages: which list, which failure is open, and what somebody makes of it."""

from collections.abc import AsyncIterator
from typing import Any, get_args

import reflex as rx

from ratchet_web.api import Conflict, NotFound, RatchetError
from ratchet_web.api.failures import Verdict
from ratchet_web.logic.addresses import with_param
from ratchet_web.logic.failures import title
from ratchet_web.models.acts import Act
from ratchet_web.models.base import is_row_id
from ratchet_web.models.dialect import Ability
from ratchet_web.models.executions import ExecutionQuery
from ratchet_web.models.failures import Failure, FailureQuery, FailureState, is_fingerprint
from ratchet_web.models.runs import Choice
from ratchet_web.models.servers import under
from ratchet_web.state.notices import Notices
from ratchet_web.state.refusals import forbidden, note_refusal
from ratchet_web.state.services import go, server_of, services
from ratchet_web.state.viewing import BULK, ListState, asked, choices, curl_of, in_words, path_part, watch

STATES = {"OPEN": "Open", "IGNORED": "Ignored", "RESOLVED": "Resolved"}
DONE: dict[Verdict, str] = {
    "ignore": "Ignored: it goes on being counted, and stays ignored when it comes again.",
    "resolve": "Resolved: it opens again by itself when it returns.",
    "reopen": "Open again.",
}
BECOMES: dict[Verdict, FailureState] = {
    "ignore": FailureState.IGNORED,
    "resolve": FailureState.RESOLVED,
    "reopen": FailureState.OPEN,
}
GONE = "This failure is not kept any more. Nothing was changed."
TITLE_CHARS = 60
NONE_KEPT = "None of its executions is kept that was not retried: there is nothing to retry."


class FailureList(ListState, rx.State):
    """`/failures`."""

    states: list[dict[str, Any]] = []
    task: str = ""
    _query: FailureQuery = FailureQuery()

    @rx.event
    async def load(self) -> None:
        """Read the query from the address and watch its rows."""
        self._query, ignored = asked(self, FailureQuery)
        self._show(self._query, ignored)
        self.states = choices(self._query, "state", STATES)
        self.task = self._query.task or ""
        await watch(self, self.topic)

    @rx.event
    def pick_task(self, task: str) -> Any:
        """Narrow the list to one task; the empty text to all."""
        chosen = task if is_row_id(task) else None
        return go(self, self._query.address(task=chosen))


class FailureDetail(rx.State):
    """`/failures/[fingerprint]`."""

    id: str = ""
    topic: str = ""
    sample_topic: str = ""
    executions_link: str = ""
    curl: str = ""

    @rx.event
    async def load(self) -> None:
        """Watch the failure that the address names, and its newest execution."""
        self.id = path_part(self, 1)
        known = is_fingerprint(self.id)
        self.topic = f"failures/{self.id}"
        self.sample_topic = f"{self.topic}/sample"
        self.executions_link = ExecutionQuery(fingerprint=self.id).address() if known else "/executions"
        self.curl = curl_of(self, f"/failures/{self.id}") if known else ""
        await watch(self, self.topic, self.sample_topic)


class Failures(rx.State):
    """What one viewer makes of failures. `busy`: those whose answer is still to come, with their server."""

    busy: list[str] = []

    @rx.event
    async def judge(self, id: str, verdict: str) -> AsyncIterator[None]:
        """Ignore, resolve or reopen a failure."""
        if not is_fingerprint(id) or not isinstance(verdict, str) or verdict not in get_args(Verdict):
            return
        key = under(server_of(self), id)
        if key in self.busy:
            return
        if why := forbidden(self, Act.JUDGE_FAILURE):
            await self._tell("error", why)
            return
        self.busy = [*self.busy, key]
        yield
        try:
            await self._judge(id, next(each for each in get_args(Verdict) if each == verdict))
        finally:
            self.busy = [other for other in self.busy if other != key]

    @rx.event
    async def retry_all(self, id: str) -> AsyncIterator[Any]:
        """Count the executions that failed so and were not retried yet, and ask."""
        if not is_fingerprint(id):
            return
        if why := forbidden(self, Act.RETRY_EXECUTION):
            await self._tell("error", why)
            return
        try:
            here = services(self)
            run = here.runs.plan(await self._choice(id))
        except RatchetError as error:
            await self._tell("error", in_words(error))
            return
        url = self.router.url
        yield go(self, with_param(f"/{url.path.lstrip('/')}?{url.query}", BULK, run.id))

    async def _choice(self, id: str) -> Choice:
        """Return what is retried: all that match where the server knows them, else what was found.

        Raises:
            NotFound: there is nothing to retry.
        """
        api = services(self).api
        found: Failure = await api.failures.get(id)
        if (await api.dialect()).can(Ability.FAILURES):
            meant = ExecutionQuery(fingerprint=id, retried=False)
            return Choice("executions", "retry", query=meant, failure=_short(found))
        ids = tuple(each for each in found.executions if is_row_id(each))
        if not ids:
            raise NotFound(NONE_KEPT)
        return Choice("executions", "retry", ids=ids)

    async def _judge(self, id: str, verdict: Verdict) -> None:
        try:
            here = services(self)
            try:
                # What is so already is not asked for: nobody refused it.
                found = await here.api.failures.get(id)
                if is_new := found.state is not BECOMES[verdict]:
                    await here.api.failures.judge(id, verdict)
            except Conflict:
                found, is_new = await here.api.failures.get(id), False
            finally:
                await here.hub.touched("failures", id)
            if not is_new:
                state = STATES[BECOMES[verdict].value].lower()
                words = f"“{_short(found)}” is {state} already. Nothing was changed."
                await self._tell("warn", words)
                return
        except NotFound:
            await self._tell("warn", GONE)
        except RatchetError as error:
            await note_refusal(self, Act.JUDGE_FAILURE, error)
            await self._tell("error", in_words(error))
        else:
            await self._tell("ok", DONE[verdict])

    async def _tell(self, kind: str, text: str) -> None:
        (await self.get_state(Notices))._tell(server_of(self), kind, text)


def _short(failure: Failure) -> str:
    return title(failure.error, failure.message, TITLE_CHARS)
