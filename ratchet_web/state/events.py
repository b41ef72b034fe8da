"""Who may send which events: what only looks is listed; all else is for roles that act, or for nobody."""

from typing import Final

from reflex.state import OnLoadInternalState, State

from ratchet_web.logic.roles import acts_of
from ratchet_web.models.users import Role
from ratchet_web.state.audit import Audit
from ratchet_web.state.bulk import Bulk
from ratchet_web.state.dashboard import Dashboard
from ratchet_web.state.delays import Undo
from ratchet_web.state.executions import ExecutionList
from ratchet_web.state.executions_compare import ExecutionCompare
from ratchet_web.state.executions_detail import ExecutionDetail
from ratchet_web.state.executions_rerun import ExecutionRerun
from ratchet_web.state.failures import FailureDetail, FailureList
from ratchet_web.state.jobs import JobDetail, JobList
from ratchet_web.state.jobs_new import JobNew
from ratchet_web.state.jobs_queue import JobQueue
from ratchet_web.state.login import SignIn
from ratchet_web.state.notices import Notices
from ratchet_web.state.nowhere import Nowhere
from ratchet_web.state.presence import Presence
from ratchet_web.state.run import RunDialog
from ratchet_web.state.schedules import ScheduleDetail, ScheduleList
from ratchet_web.state.schedules_edit import ScheduleEdit
from ratchet_web.state.schedules_timeline import ScheduleTimeline
from ratchet_web.state.servers import Servers
from ratchet_web.state.started import Started
from ratchet_web.state.system import System
from ratchet_web.state.tasks import TaskDetail, TaskList
from ratchet_web.state.tasks_edit import TaskEdit
from ratchet_web.state.tasks_rows import TaskRows


def _named(events: dict[type[State], tuple[str, ...]]) -> frozenset[str]:
    return frozenset(f"{state.get_full_name()}.{name}" for state, names in events.items() for name in names)


# By their full names. Who is not signed in sends these alone.
OPEN: Final = _named(
    {
        State: ("hydrate", "hydrate_and_load", "set_is_hydrated"),
        OnLoadInternalState: ("on_load_internal", "set_is_hydrated"),
        SignIn: ("load",),
    }
)
# Reflex gives them to every state; no page of ours sends them, and they would write into any state of theirs.
NEVER: Final = ("setvar", "update_vars_internal")
_LOADED: Final = (
    *(Audit, Dashboard, ExecutionList, ExecutionCompare, ExecutionDetail, ExecutionRerun),
    *(
        FailureDetail,
        FailureList,
        JobDetail,
        JobList,
        JobNew,
        JobQueue,
        Nowhere,
        ScheduleDetail,
        ScheduleList,
        ScheduleEdit,
        ScheduleTimeline,
        System,
    ),
    *(TaskDetail, TaskList, TaskEdit, TaskRows),
)
# What changes nothing but what its sender sees.
LOOKS: Final = OPEN | _named(
    {
        **dict.fromkeys(_LOADED, ("load",)),
        ExecutionList: ("load", "pick_task"),
        FailureList: ("load", "pick_task"),
        JobList: ("load", "pick_task"),
        JobQueue: ("load", "pick_task", "explain"),
        JobNew: ("load", "open", "pick_task", "look_for_recent"),
        RunDialog: ("open", "look_for_recent"),
        Bulk: ("export",),
        Undo: ("dismiss",),
        Notices: ("dismiss",),
        Presence: ("hide", "show"),
        Servers: ("arrive",),
        Started: ("follow",),
    }
)
FRONTEND_FAULT: Final = "handle_frontend_exception"


def is_meant(event: str, role: str) -> bool:
    """Return whether somebody in a role may send an event; without one, whom the server alone judges."""
    name = event.rpartition(".")[2]
    if name in NEVER:
        return False
    if event in LOOKS or name == FRONTEND_FAULT or not role:
        return True
    # A role of no act only looks: what is written tomorrow is closed to it until it is listed.
    return bool(acts_of(Role(role)))
