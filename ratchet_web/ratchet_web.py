"""The application: pages, middleware, lifespan."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import reflex as rx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route

from ratchet_web import __version__
from ratchet_web.access import routes as access
from ratchet_web.access.cookies import Cookies
from ratchet_web.access.door import Door
from ratchet_web.access.people import People
from ratchet_web.api import Ratchet
from ratchet_web.components.address import titled
from ratchet_web.gate import gate
from ratchet_web.live import (
    delivery_tests,
    exports,
    log_download,
    log_search,
    metrics_text,
    payloads,
    ranges,
    tasks_named,
    trials,
)
from ratchet_web.live import schedules_timeline as schedules_timeline_data
from ratchet_web.live import tasks_rows as tasks_rows_data
from ratchet_web.live.rooms import SocketRooms
from ratchet_web.live.services import Services
from ratchet_web.logic.masking import shown
from ratchet_web.models.console import AboutConsole
from ratchet_web.pages import (
    dashboard,
    executions,
    executions_compare,
    executions_detail,
    executions_rerun,
    jobs,
    jobs_detail,
    jobs_new,
    jobs_queue,
    login,
    nowhere,
    schedules,
    schedules_detail,
    schedules_edit,
    schedules_timeline,
    system,
    tasks,
    tasks_detail,
    tasks_edit,
    tasks_rows,
)
from ratchet_web.pages.frame import WRAPS, splash
from ratchet_web.settings import settings, start_logging
from ratchet_web.state.dashboard import Dashboard
from ratchet_web.state.executions import ExecutionList
from ratchet_web.state.executions_compare import ExecutionCompare
from ratchet_web.state.executions_detail import ExecutionDetail
from ratchet_web.state.executions_rerun import ExecutionRerun
from ratchet_web.state.guard import Guard
from ratchet_web.state.jobs import JobDetail, JobList
from ratchet_web.state.jobs_new import JobNew
from ratchet_web.state.jobs_queue import JobQueue
from ratchet_web.state.login import SignIn
from ratchet_web.state.nowhere import Nowhere
from ratchet_web.state.run import RunDialog
from ratchet_web.state.schedules import ScheduleDetail, ScheduleList
from ratchet_web.state.schedules_edit import ScheduleEdit
from ratchet_web.state.schedules_timeline import ScheduleTimeline
from ratchet_web.state.servers import Servers
from ratchet_web.state.services import running, services_of, signed_in
from ratchet_web.state.system import System
from ratchet_web.state.tasks import TaskDetail, TaskList
from ratchet_web.state.tasks_edit import TaskEdit
from ratchet_web.state.tasks_rows import TaskRows

PAGES = (
    ("/", dashboard, "Dashboard", Dashboard.load),
    ("/tasks", tasks, "Tasks", TaskList.load),
    ("/tasks/new", tasks_edit, "New task", TaskEdit.load),
    ("/tasks/[task_id]", tasks_detail, "Task", TaskDetail.load),
    ("/tasks/[task_id]/run-many", tasks_rows, "Run many of task", TaskRows.load),
    ("/tasks/[task_id]/edit", tasks_edit, "Edit task", TaskEdit.load),
    ("/executions", executions, "Executions", ExecutionList.load),
    ("/executions/compare", executions_compare, "Compare executions", ExecutionCompare.load),
    ("/executions/[execution_id]", executions_detail, "Execution", ExecutionDetail.load),
    ("/executions/[execution_id]/rerun", executions_rerun, "Fix and re-run", ExecutionRerun.load),
    ("/jobs", jobs, "Jobs", JobList.load),
    ("/jobs/queue", jobs_queue, "Queue", JobQueue.load),
    ("/jobs/new", jobs_new, "New job", JobNew.load),
    ("/jobs/[job_id]", jobs_detail, "Job", JobDetail.load),
    ("/schedules", schedules, "Schedules", ScheduleList.load),
    ("/schedules/new", schedules_edit, "New schedule", ScheduleEdit.load),
    ("/schedules/timeline", schedules_timeline, "Timeline of schedules", ScheduleTimeline.load),
    ("/schedules/[schedule_id]", schedules_detail, "Schedule", ScheduleDetail.load),
    ("/schedules/[schedule_id]/edit", schedules_edit, "Edit schedule", ScheduleEdit.load),
    ("/system", system, "System", System.load),
    ("404", nowhere, "Nothing here", Nowhere.load),
)

start_logging(settings())
app = rx.App(
    toaster=None,
    hydrate_fallback=splash,
    html_lang="en",
    head_components=[rx.el.link(rel="icon", href="/favicon.svg", type="image/svg+xml")],
    stylesheets=["/app.css"],
    app_wraps={},
    extra_app_wraps=WRAPS,
)
for route, module, name, load in PAGES:
    opens = [Servers.arrive, load, RunDialog.open]
    app.add_page(module.page, route=route, title=titled(name, of_one="[" in route), on_load=opens)
app.add_page(login.page, route="/login", title="Sign in · Ratchet", on_load=[SignIn.load])


about = AboutConsole(version=__version__, started_at=datetime.now(UTC), settings=shown(settings()))
known = {each.name: each for each in settings().known_servers}


def connect(
    server: str, token: str | None = None, on_unauthorized: Callable[[], None] | None = None
) -> Ratchet:
    """Return a client of one of the servers."""
    url, timeout_s = known[server].url, settings().api_timeout_s
    return Ratchet(url, token=token, timeout_s=timeout_s, on_unauthorized=on_unauthorized)


def for_everybody() -> None:
    """Let everybody who reaches the console work with its token, if it has one."""
    tokens = {name: each.token.get_secret_value() if each.token else None for name, each in known.items()}
    clients = {name: connect(name, token) for name, token in tokens.items()}

    @asynccontextmanager
    async def services() -> AsyncIterator[None]:
        """Run the clients and the live hubs for as long as the application runs."""
        async with running(clients, SocketRooms(app), about, settings().web_undo_s):
            yield

    app.api_transformer = [Starlette(routes=data_routes()), gate(settings())]
    app.register_lifespan_task(services)


def for_who_signs_in() -> None:
    """Let everybody work with what they have on the servers on which they sign in."""
    cookies = Cookies(settings().web_port)
    people = People(
        known,
        connect,
        SocketRooms(app),
        about,
        idle_s=settings().web_session_idle_s,
        longest_s=settings().web_session_s,
        undo_s=settings().web_undo_s,
    )

    @asynccontextmanager
    async def services() -> AsyncIterator[None]:
        """Look after who is signed in for as long as the application runs."""
        async with signed_in(people, cookies):
            yield

    inside = Starlette(routes=[*access.routes(people, cookies), *data_routes()])
    app.api_transformer = [inside, lambda each: Door(each, people, cookies), gate(settings())]
    app.add_middleware(Guard(people, cookies))
    app.register_lifespan_task(services)


def data_routes() -> list[Route]:
    """Return the routes of what pages do over HTTP, with what whoever sends a request has."""

    def own(request: Request) -> Mapping[str, Services]:
        return services_of(request.headers.get("cookie", ""))

    def clients(request: Request) -> dict[str, Ratchet]:
        return {name: each.api for name, each in own(request).items()}

    logs = (ranges, log_search, log_download)
    data = (metrics_text, exports, trials, delivery_tests, schedules_timeline_data, tasks_named)
    modules = (*logs, payloads, *data)
    return [*(route for each in modules for route in each.routes(clients)), *tasks_rows_data.routes(own)]


if settings().web_auth == "ratchet":
    for_who_signs_in()
else:
    for_everybody()
