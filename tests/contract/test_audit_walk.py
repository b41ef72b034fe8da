"""An operator's walk: whatever changes something leaves a line of who, when, what, which, why, and the end.

What can be sent is found, not listed: who adds an event or a route that acts has to add a step here.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
import reflex as rx
from starlette.applications import Starlette

from ratchet_web.access.cookies import Cookies
from ratchet_web.access.people import People
from ratchet_web.access.present import Present
from ratchet_web.access.routes import LOGIN, LOGOUT
from ratchet_web.access.routes import routes as access_routes
from ratchet_web.api import Ratchet
from ratchet_web.audit.actor import Actor, acting
from ratchet_web.audit.files import AuditFiles
from ratchet_web.audit.journal import Journal
from ratchet_web.entrances.premises import Premises
from ratchet_web.entrances.ways import WAYS
from ratchet_web.live import delivery_tests, tasks_rows, trials
from ratchet_web.live.services import Surroundings
from ratchet_web.logic.jobs_change import base_of
from ratchet_web.models.audit import AuditQuery, Entry, Result
from ratchet_web.models.executions import NewExecution
from ratchet_web.models.failures import FailureQuery
from ratchet_web.models.pauses import NewPause
from ratchet_web.models.tasks import TaskChange
from ratchet_web.ratchet_web import app as application
from ratchet_web.settings import Settings
from ratchet_web.state.acts import Acts
from ratchet_web.state.bulk import Bulk
from ratchet_web.state.delays import Undo
from ratchet_web.state.events import FRONTEND_FAULT, LOOKS, NEVER
from ratchet_web.state.executions_rerun import ExecutionRerun
from ratchet_web.state.failures import Failures
from ratchet_web.state.jobs_edit import JobEdit
from ratchet_web.state.jobs_new import JobNew
from ratchet_web.state.pauses import Pauses
from ratchet_web.state.run import RunDialog
from ratchet_web.state.schedules import ScheduleDetail
from ratchet_web.state.schedules_edit import ScheduleEdit
from ratchet_web.state.services import running
from ratchet_web.state.tasks_edit import TaskEdit
from ratchet_web.state.tasks_rows import TaskRows
from ratchet_web.state.tasks_versions import TaskVersions, open_versions
from tests.contract.audit_walk import NUMBERS, STEPS, Expected, Press, Walk, step
from tests.doubles.rooms import MemoryRooms
from tests.support.events import handlers
from tests.support.people import PASSWORD
from tests.support.server import Process, eventually, on_port, transport
from tests.unit.state.test_services import turn

ANN = Actor("Ann", "admin", "10.0.0.9")
WHY = "the till does not balance"
# What is closed to readers, and changes nothing: it counts, compares, looks or makes up a sample.
QUIET = {
    *((Bulk, name) for name in ("again", "choose", "choose_all")),
    *((ScheduleEdit, name) for name in ("compare", "go_on", "look", "look_by")),
    *((TaskEdit, name) for name in ("check", "check_schema", "compare", "go_on", "make_sample")),
    (Failures, "retry_all"),
}
# Rows that are handed over are kept in memory until somebody confirms them.
QUIET_ROUTES = {tasks_rows.PATH}


@step(Acts, "cancel_execution", Expected("executions", "cancel"))
async def _(walk: Walk) -> Press:
    task = await walk.task("async function main() { while (true) await sleep(50); }")
    begun = await walk.raw.executions.create(NewExecution(task_id=task.id, input={}))
    return Press("/executions", (begun.id,))


@step(Acts, "retry_execution", Expected("executions", "retry"))
@step(Acts, "retry_and_open", Expected("executions", "retry"))
async def _(walk: Walk) -> Press:
    return Press("/executions", (await walk.failed(), ""))


@step(Acts, "cancel_job", Expected("jobs", "cancel"))
async def _(walk: Walk) -> Press:
    return Press("/jobs", ((await walk.job()).id,))


@step(Acts, "retry_job", Expected("jobs", "retry"))
async def _(walk: Walk) -> Press:
    job = await walk.job()
    await walk.raw.jobs.cancel(job.id)
    return Press("/jobs", (job.id,))


@step(Acts, "set_priority", Expected("jobs", "change"))
async def _(walk: Walk) -> Press:
    return Press("/jobs", ((await walk.job()).id, "HIGH"))


@step(Acts, "deliver_again", Expected("jobs", "redeliver"))
async def _(walk: Walk) -> Press:
    place = [{"destinationType": "STDIO"}]
    job = await walk.job(scheduled_for=None, output_destinations=place)
    find = walk.raw.jobs.deliveries
    await eventually(lambda: find(job.id), lambda rows: [row.status.value for row in rows] == ["DELIVERED"])
    return Press(f"/jobs/{job.id}", (job.id, 1))


@step(Acts, "switch_task", Expected("tasks", "disable"))
async def _(walk: Walk) -> Press:
    task = await walk.task()
    return Press("/tasks", (task.id, False, task.name))


@step(Acts, "delete_task", Expected("tasks", "delete"))
async def _(walk: Walk) -> Press:
    return Press("/tasks", ((await walk.task()).id,))


@step(Acts, "switch_schedule", Expected("schedules", "disable"))
async def _(walk: Walk) -> Press:
    schedule = await walk.schedule()
    return Press("/schedules", (schedule.id, False, schedule.name))


@step(Acts, "delete_schedule", Expected("schedules", "delete"))
@step(Acts, "trigger_schedule", Expected("schedules", "trigger"))
async def _(walk: Walk) -> Press:
    return Press("/schedules", ((await walk.schedule()).id,))


@step(Bulk, "start", Expected("jobs", "cancel", reason=WHY, ended=True))
async def _(walk: Walk) -> Press:
    return Press(await walk.run("jobs", "cancel", (await walk.job()).id), ({"reason": WHY},))


@step(Bulk, "pace", Expected("bulk", "pace"))
@step(Bulk, "abort", Expected("bulk", "abort"))
async def _(walk: Walk) -> Press:
    # With thirty rows at one a second it goes on for longer than any machine needs to press.
    first = await walk.job()
    others = [await walk.job(task_id=first.task_id) for _ in range(29)]
    address = await walk.run("jobs", "cancel", first.id, *[job.id for job in others])
    turn(walk.viewer, address)
    await walk.press(Bulk, "start", {"pace": "1"})
    return Press(address, ("0",))


@step(Bulk, "undo", Expected("bulk", "take_back"))
async def _(walk: Walk) -> Press:
    address = await walk.run("tasks", "disable", (await walk.task()).id)
    turn(walk.viewer, address)
    await walk.press(Bulk, "start", {"reason": WHY})
    return Press(address, (address.partition("=")[2],))


@step(Undo, "undo", Expected("tasks", "take_back"))
async def _(walk: Walk) -> Press:
    task = await walk.task()
    await walk.press(Acts, "switch_task", task.id, False)
    return Press("/tasks", (f"tasks/{task.id}",))


@step(ExecutionRerun, "submit", Expected("executions", "retry"))
async def _(walk: Walk) -> Press:
    return Press(f"/executions/{await walk.failed()}/rerun", ("{}",), ("load",))


@step(Failures, "judge", Expected("failures", "ignore"))
async def _(walk: Walk) -> Press:
    await walk.failed()
    (failure, *_) = (await walk.raw.failures.page(FailureQuery())).rows
    return Press("/failures", (failure.id, "ignore"))


@step(JobEdit, "save", Expected("jobs", "change"))
async def _(walk: Walk) -> Press:
    job = await walk.job()
    return Press(f"/jobs/{job.id}?edit=1", ({"priority": "LOW"}, base_of(job)))


@step(JobNew, "submit", Expected("jobs", "create"))
async def _(walk: Walk) -> Press:
    return Press(f"/jobs/new?task={(await walk.task()).id}", ("{}", {}, "first"), ("load",))


@step(Pauses, "pause", Expected("pauses", "begin", reason=WHY))
async def _(walk: Walk) -> Press:
    return Press("/jobs/queue", ((await walk.task()).id, WHY))


@step(Pauses, "resume", Expected("pauses", "end"))
async def _(walk: Walk) -> Press:
    task = await walk.task()
    await walk.raw.pauses.begin(task.id, NewPause(reason=WHY))
    return Press("/jobs/queue", (task.id,))


@step(RunDialog, "submit", Expected("executions", "create"))
async def _(walk: Walk) -> Press:
    return Press(f"/tasks?run={(await walk.task()).id}", ("{}", {"attempt": "first"}), ("open",))


@step(ScheduleDetail, "run_with", Expected("schedules", "trigger"))
async def _(walk: Walk) -> Press:
    return Press(f"/schedules/{(await walk.schedule()).id}?trigger=input", ("{}",), ("load",))


@step(ScheduleEdit, "save", Expected("schedules", "create"))
async def _(walk: Walk) -> Press:
    form = {"name": "walked", "cron_expression": "0 0 3 * * *", "time_zone": "UTC", "input": "{}"}
    return Press(f"/schedules/new?task={(await walk.task()).id}", (form,), ("load",))


@step(TaskEdit, "save", Expected("tasks", "create"))
async def _(walk: Walk) -> Press:
    form = {"name": f"walked-{next(NUMBERS)}", "version": "1.0.0", "source_code": "function main() {}"}
    return Press("/tasks/new", (form,), ("load",))


@step(TaskRows, "queue", Expected("jobs", "create", ended=True))
async def _(walk: Walk) -> Press:
    task = await walk.task()
    async with console(walk) as client:
        given = await client.post(tasks_rows.PATH.format(id=task.id), content=b"n\n1\n2\n")
    return Press(f"/tasks/{task.id}/run-many", (given.json()["batch"], "", {}), ("load",))


@step(TaskVersions, "restore", Expected("tasks", "restore"))
async def _(walk: Walk) -> Press:
    task = await walk.task()
    source = "function main() { return 2; }"
    now = await walk.raw.tasks.change(task.id, TaskChange(source_code=source), revision=task.revision)
    turn(walk.viewer, f"/tasks/{task.id}?tab=versions")
    await open_versions(walk.viewer)
    return Press(f"/tasks/{task.id}?tab=versions", (str(task.revision), str(now.revision)))


@asynccontextmanager
async def console(walk: Walk) -> AsyncIterator[httpx.AsyncClient]:
    """Run what pages send over HTTP."""
    clients, own = {"": walk.here.api}, {"": walk.here}
    routes = [each for module in (trials, delivery_tests) for each in module.routes(lambda _: clients)]
    app = Starlette(routes=[*routes, *tasks_rows.routes(lambda _: own)])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://console") as client:
        yield client


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """The server behind the console."""
    with on_port(tmp_path_factory.mktemp("data")) as started:
        yield started


@asynccontextmanager
async def walking(server: Process, directory: Path, undo_s: float = 0.0) -> AsyncIterator[Walk]:
    """Let Ann be at the console."""
    journal = Journal(AuditFiles(directory, 1_000_000))
    async with Ratchet(server.url) as raw:
        clients = {"": Ratchet(server.url)}
        with acting(ANN):
            async with running(
                clients, Surroundings(MemoryRooms(), undo_s=undo_s, journal=journal)
            ) as started:
                yield Walk(raw, started[""], journal)


def found() -> set[str]:
    """Return every event that is closed to readers."""
    return {
        name
        for name in handlers()
        if name not in LOOKS and name.rpartition(".")[2] not in (*NEVER, FRONTEND_FAULT)
    }


def test_every_event_that_acts_has_its_step() -> None:
    walked = {f"{kind.get_full_name()}.{name}" for kind, name in {*STEPS, *QUIET}}
    assert walked == found()


@pytest.mark.parametrize(("way", "own"), [("none", set()), ("proxy", set()), ("ratchet", {LOGIN, LOGOUT})])
def test_every_route_that_acts_has_its_step(tmp_path: Path, way: str, own: set[str]) -> None:
    settings = Settings(data_dir=tmp_path, web_auth=way, web_proxy_from="127.0.0.1")
    routes = WAYS[way](Premises(application, settings)).routes
    sent = {route.path for route in routes if {*(route.methods or ())} - {"GET", "HEAD"}}
    assert sent == {trials.PATH, delivery_tests.PATH} | QUIET_ROUTES | own


@pytest.mark.parametrize(("kind", "name"), STEPS, ids=lambda each: str(getattr(each, "__name__", each)))
async def test_it_leaves_one_line_that_says_all(
    server: Process, tmp_path: Path, kind: type[rx.State], name: str
) -> None:
    prepare, expected = STEPS[kind, name]
    async with walking(server, tmp_path, undo_s=60 if expected.verb == "take_back" else 0) as walk:
        address, given, loaded = await prepare(walk)
        turn(walk.viewer, address)
        for each in loaded:
            await walk.press(kind, each)
        before, began = len(await walk.lines()), datetime.now(UTC)
        await walk.press(kind, name, *given[: len(handlers()[f"{kind.get_full_name()}.{name}"])])
        about = (expected.noun, expected.verb)

        async def new() -> list[Entry]:
            return [each for each in (await walk.lines())[before:] if (each.noun, each.verb) == about]

        lines = await eventually(new, lambda lines: len(lines) >= 1 + expected.ended)
        assert len(lines) == 1 + expected.ended
        line = lines[0]
        assert (line.who, line.role, line.address) == ANN[:3]
        assert began <= line.at <= datetime.now(UTC)
        assert line.ids or line.run
        assert line.reason == expected.reason
        assert [each.result for each in lines] == ([Result.BEGUN] * expected.ended + [Result.DONE])


async def test_routes_leave_one_line_each(server: Process, tmp_path: Path) -> None:
    place = {"destinationType": "STDIO"}
    draft = {"source_code": "function main() { return 1; }", "input": {}}
    async with walking(server, tmp_path) as walk, console(walk) as client:
        tested = await client.post(delivery_tests.PATH, json={"destination": place})
        tried = await client.post(trials.PATH, json=draft)
        assert (tested.status_code, tried.status_code) == (200, 200)
        lines = await eventually(walk.lines, lambda lines: len(lines) >= 2)
        assert [(each.noun, each.verb, each.who) for each in lines] == [
            ("jobs", "test_delivery", "Ann"),
            ("tasks", "try_out", "Ann"),
        ]


async def test_signing_in_and_out_leaves_one_line_each(tmp_path: Path) -> None:
    journal, rob = Journal(AuditFiles(tmp_path, 1_000_000)), {"username": "rob", "password": PASSWORD}
    token = "c" * 40
    async with transport(tmp_path, server_auth="on", server_console_token=token) as reached:
        headers = {"authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(transport=reached, base_url="http://s/api/v1", headers=headers) as admin:
            (await admin.post("/users", json={**rob, "role": "user"})).raise_for_status()

        def connect(name: str, token: str | None, refused: Callable[[], None] | None) -> Ratchet:
            return Ratchet("http://s", token=token, transport=reached, on_unauthorized=refused)

        people = People(("prod",), connect, Surroundings(MemoryRooms()), idle_s=100, longest_s=1_000)
        app = Present(Starlette(routes=access_routes(people, Cookies(1), journal=journal)))
        way = httpx.ASGITransport(app, client=(ANN.address, 1))
        async with people.present(), httpx.AsyncClient(transport=way, base_url="http://console") as browser:
            for password in ("wrong", PASSWORD):
                await browser.post(LOGIN, json={**rob, "password": password})
            await browser.post(LOGOUT)
    await journal.close()
    lines = (await journal.find(AuditQuery(), "prod")).entries[::-1]
    assert [(each.verb, each.result) for each in lines] == [
        *(("sign_in", Result.REFUSED), ("sign_in", Result.DONE), ("sign_out", Result.DONE))
    ]
    assert {(each.server, each.who, each.address) for each in lines} == {("prod", "rob", ANN.address)}
    assert PASSWORD not in str(lines)
