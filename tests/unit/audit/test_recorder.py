"""The recorder: no verb that changes something passes it, and nothing that was typed stands in the record."""

import inspect
from pathlib import Path
from typing import Any

import pytest

from ratchet_web.access.proxied import InRole
from ratchet_web.api import Conflict, Forbidden, Refused, Unreachable
from ratchet_web.api.acting import READS, Deed, asked_as
from ratchet_web.api.bulk import Bulk
from ratchet_web.api.executions import Executions
from ratchet_web.api.failures import Failures
from ratchet_web.api.jobs import Jobs
from ratchet_web.api.logs import Logs
from ratchet_web.api.pauses import Pauses
from ratchet_web.api.schedules import Schedules
from ratchet_web.api.settling import settling
from ratchet_web.api.tasks import Tasks
from ratchet_web.audit.actor import Actor, act_as
from ratchet_web.audit.deeds import ACTS, act_of
from ratchet_web.audit.files import AuditFiles
from ratchet_web.audit.journal import Journal
from ratchet_web.audit.recorder import Recorder
from ratchet_web.live.person import Person
from ratchet_web.models.acts import Act
from ratchet_web.models.audit import AuditQuery, Entry
from ratchet_web.models.executions import NewExecution
from ratchet_web.models.users import Role

NOUNS = {
    kind.__name__.lower(): kind for kind in (Tasks, Executions, Logs, Jobs, Schedules, Pauses, Failures, Bulk)
}
VERBS = {
    (noun, name)
    for noun, kind in NOUNS.items()
    for name, verb in vars(kind).items()
    if getattr(verb, "__isabstractmethod__", False)
}
DEEDS = sorted((noun, verb) for noun, verb in VERBS if verb not in READS[noun])


class Anything:
    """A server that does whatever it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> Any:
        async def verb(*args: Any, **named: Any) -> None:
            self.asked.append(name)

        return verb


def recorder(directory: Path, person: Person | None = None) -> tuple[Recorder, Journal]:
    journal = Journal(AuditFiles(directory, 1_000_000))
    return Recorder(journal, "prod", person or Person()), journal


async def written(journal: Journal) -> list[Entry]:
    await journal.close()
    return (await journal.find(AuditQuery(limit=100), "prod")).entries


def test_each_verb_is_named_as_reading_or_has_a_right() -> None:
    read = {(noun, verb) for noun, verbs in READS.items() for verb in verbs}
    assert read <= VERBS | {("executions", "must_be_as_seen")}
    assert {*DEEDS} == {*ACTS} | {("bulk", "start"), ("bulk", "pace"), ("bulk", "abort")}


@pytest.mark.parametrize(("noun", "verb"), [deed for deed in DEEDS if deed != ("tasks", "try_out")])
async def test_every_verb_that_changes_something_leaves_a_line(tmp_path: Path, noun: str, verb: str) -> None:
    doer, server = recorder(tmp_path)[0], Anything()

    async def now() -> Any:
        return server

    resource = settling(NOUNS[noun], now, doer)
    arguments = list(inspect.signature(getattr(NOUNS[noun], verb)).parameters)[1:]
    await getattr(resource, verb)(*["12" for _ in arguments][:1])
    (entry,) = (await Journal(AuditFiles(tmp_path, 1_000_000)).find(AuditQuery(), "prod")).entries
    assert (entry.noun, entry.verb, entry.ids, server.asked) == (noun, verb, ("12",), [verb])


@pytest.mark.parametrize("verdict", ["ignore", "resolve", "reopen"])
async def test_what_was_made_of_a_failure_is_written_also_where_it_was_refused(
    tmp_path: Path, verdict: str
) -> None:
    doer, journal = recorder(tmp_path)
    deed = Deed("failures", "judge", ("12", verdict))

    async def refuse() -> None:
        raise Conflict("It is so already", status=409)

    await doer(deed, Anything().judge)
    with pytest.raises(Conflict):
        await doer(deed, refuse)
    refused, done = await written(journal)
    assert (done.what, refused.what, done.ids) == (f"{verdict} failures", f"{verdict} failures", ("12",))
    assert (done.result.value, refused.result.value) == ("done", "refused")


@pytest.mark.parametrize("role", [Role.READONLY, Role.USER, Role.ADMIN])
async def test_a_role_does_what_it_may_whatever_called_it(tmp_path: Path, role: Role) -> None:
    doer, journal = recorder(tmp_path, InRole(role))
    done: list[Deed] = []
    strange = Deed("tasks", "written_tomorrow", ("1",))
    deeds = [*(Deed(noun, verb, ("1",)) for noun, verb in ACTS), strange]
    for deed in deeds:

        async def carry_out(deed: Deed = deed) -> None:
            done.append(deed)

        try:
            await doer(deed, carry_out)
        except Forbidden:
            assert deed not in done
    assert len(done) == {Role.READONLY: 0, Role.USER: len(ACTS), Role.ADMIN: len(deeds)}[role]
    assert len(await written(journal)) >= min(len(deeds), 20)
    assert act_of(Deed("pauses", "begin", ("12",))) is Act.PAUSE_TASK


@pytest.mark.parametrize(
    ("error", "result"),
    [
        (Conflict("It is over", status=409, request_id="r"), "refused"),
        (Unreachable("No answer"), "unknown"),
        (
            Refused("'s3cret' is no number", status=422, fields={"input.pin": "'s3cret' is no number"}),
            "refused",
        ),
    ],
)
async def test_what_came_of_it_is_written_and_nothing_that_was_typed(
    tmp_path: Path, error: Exception, result: str
) -> None:
    act_as(Actor("Ann"))
    doer, journal = recorder(tmp_path)

    async def carry_out() -> None:
        asked_as("r7")
        raise error

    draft = NewExecution(task_id="12", input={"pin": "s3cret"})
    with pytest.raises(type(error)):
        await doer(Deed("executions", "create", (draft,)), carry_out)
    (entry,) = await written(journal)
    assert (entry.who, entry.result.value) == ("Ann", result)
    assert "s3cret" not in entry.model_dump_json()
