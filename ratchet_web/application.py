"""What the application is made of: its pages, behind its entrance (`entrances/`)."""

import reflex as rx
from reflex.utils import prerequisites

from ratchet_web.components.address import titled
from ratchet_web.entrances.layers import place
from ratchet_web.pages import (
    audit,
    dashboard,
    executions,
    executions_compare,
    executions_detail,
    executions_rerun,
    failures,
    failures_detail,
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
from ratchet_web.state.audit import Audit
from ratchet_web.state.dashboard import Dashboard
from ratchet_web.state.executions import ExecutionList
from ratchet_web.state.executions_compare import ExecutionCompare
from ratchet_web.state.executions_detail import ExecutionDetail
from ratchet_web.state.executions_rerun import ExecutionRerun
from ratchet_web.state.failures import FailureDetail, FailureList
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
from ratchet_web.state.system import System
from ratchet_web.state.tasks import TaskDetail, TaskList
from ratchet_web.state.tasks_edit import TaskEdit
from ratchet_web.state.tasks_rows import TaskRows
from ratchet_web.vitals.logs import dress

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
    ("/failures", failures, "Failures", FailureList.load),
    ("/failures/[fingerprint]", failures_detail, "Failure", FailureDetail.load),
    ("/system", system, "System", System.load),
    ("/audit", audit, "Audit", Audit.load),
    ("404", nowhere, "Nothing here", Nowhere.load),
)


def log() -> None:
    """Let this process log what the settings ask for."""
    start_logging(settings())
    dress(settings().web_log_format)


def application() -> rx.App:
    """Return the application, with the settings of the environment. Nothing of it is made before."""
    log()
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
    # Where Reflex serves the built pages from.
    place(app, settings(), prerequisites.get_web_dir() / rx.constants.Dirs.STATIC)
    return app
