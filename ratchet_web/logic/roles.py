"""Which role may do which act. A server decides it once more; this keeps dead buttons off the pages."""

from collections.abc import Mapping
from typing import Final

from ratchet_web.models.acts import Act
from ratchet_web.models.users import Role

# The least role for each; `server/access/rules.py` says the same of the embedded server.
LEAST: Final[Mapping[Act, Role]] = {
    Act.RUN_TASK: Role.SERVICE,
    Act.EDIT_TASK: Role.USER,
    Act.SWITCH_TASK: Role.USER,
    Act.DELETE_TASK: Role.USER,
    Act.CANCEL_EXECUTION: Role.USER,
    Act.RETRY_EXECUTION: Role.USER,
    Act.JUDGE_FAILURE: Role.USER,
    Act.CANCEL_JOB: Role.USER,
    Act.RETRY_JOB: Role.USER,
    Act.CHANGE_JOB: Role.USER,
    Act.DELIVER_AGAIN: Role.USER,
    Act.TEST_DELIVERY: Role.USER,
    Act.PAUSE_QUEUE: Role.USER,
    Act.PAUSE_TASK: Role.USER,
    Act.EDIT_SCHEDULE: Role.USER,
    Act.SWITCH_SCHEDULE: Role.USER,
    Act.TRIGGER_SCHEDULE: Role.SERVICE,
    Act.DELETE_SCHEDULE: Role.USER,
    Act.SEE_SETTINGS: Role.ADMIN,
    Act.SEE_AUDIT: Role.ADMIN,
}


def may(role: Role, act: Act) -> bool:
    """Return whether this role is enough; one that is not known here can only look."""
    named = Role(role.lower())
    return (named.rank if named.known else Role.READONLY.rank) >= LEAST[act].rank


def acts_of(role: Role) -> tuple[Act, ...]:
    """Return all that this role may do."""
    return tuple(act for act in Act if may(role, act))
