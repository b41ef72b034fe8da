"""The application: pages, middleware, lifespan."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import reflex as rx
from starlette.applications import Starlette

from ratchet_web import __version__
from ratchet_web.api import Ratchet
from ratchet_web.components.address import titled
from ratchet_web.gate import gate
from ratchet_web.live import metrics_text
from ratchet_web.live.ranges import routes
from ratchet_web.live.rooms import SocketRooms
from ratchet_web.logic.masking import shown
from ratchet_web.models.console import AboutConsole
from ratchet_web.pages import (
    dashboard,
    executions,
    executions_detail,
    jobs,
    jobs_detail,
    nowhere,
    schedules,
    schedules_detail,
    system,
    tasks,
    tasks_detail,
    tasks_edit,
)
from ratchet_web.pages.frame import WRAPS, splash
from ratchet_web.settings import settings, start_logging
from ratchet_web.state.dashboard import Dashboard
from ratchet_web.state.executions import ExecutionDetail, ExecutionList
from ratchet_web.state.jobs import JobDetail, JobList
from ratchet_web.state.nowhere import Nowhere
from ratchet_web.state.run import RunDialog
from ratchet_web.state.schedules import ScheduleDetail, ScheduleList
from ratchet_web.state.servers import Servers
from ratchet_web.state.services import running
from ratchet_web.state.system import System
from ratchet_web.state.tasks import TaskDetail, TaskList
from ratchet_web.state.tasks_edit import TaskEdit

PAGES = (
    ("/", dashboard, "Dashboard", Dashboard.load),
    ("/tasks", tasks, "Tasks", TaskList.load),
    ("/tasks/new", tasks_edit, "New task", TaskEdit.load),
    ("/tasks/[task_id]", tasks_detail, "Task", TaskDetail.load),
    ("/tasks/[task_id]/edit", tasks_edit, "Edit task", TaskEdit.load),
    ("/executions", executions, "Executions", ExecutionList.load),
    ("/executions/[execution_id]", executions_detail, "Execution", ExecutionDetail.load),
    ("/jobs", jobs, "Jobs", JobList.load),
    ("/jobs/[job_id]", jobs_detail, "Job", JobDetail.load),
    ("/schedules", schedules, "Schedules", ScheduleList.load),
    ("/schedules/[schedule_id]", schedules_detail, "Schedule", ScheduleDetail.load),
    ("/system", system, "System", System.load),
    ("404", nowhere, "Nothing here", Nowhere.load),
)

start_logging(settings())
clients = {
    known.name: Ratchet(
        known.url,
        token=known.token.get_secret_value() if known.token else None,
        timeout_s=settings().api_timeout_s,
    )
    for known in settings().known_servers
}

app = rx.App(
    toaster=None,
    hydrate_fallback=splash,
    html_lang="en",
    head_components=[rx.el.link(rel="icon", href="/favicon.svg", type="image/svg+xml")],
    stylesheets=["/app.css"],
    app_wraps={},
    extra_app_wraps=WRAPS,
    api_transformer=[Starlette(routes=[*routes(clients), *metrics_text.routes(clients)]), gate],
)
for route, module, name, load in PAGES:
    opens = [Servers.arrive, load, RunDialog.open]
    app.add_page(module.page, route=route, title=titled(f"{name} · Ratchet"), on_load=opens)


@asynccontextmanager
async def services() -> AsyncIterator[None]:
    """Run the clients and the live hubs for as long as the application runs."""
    about = AboutConsole(version=__version__, started_at=datetime.now(UTC), settings=shown(settings()))
    async with running(clients, SocketRooms(app), about):
        yield


app.register_lifespan_task(services)
