"""Which role may do which act: the table, and that the embedded server has the same."""

from itertools import pairwise

import pytest

from ratchet_web.logic.roles import acts_of, may
from ratchet_web.models.acts import Act
from ratchet_web.models.users import Role
from ratchet_web.server.access.rules import allows, rule
from ratchet_web.server.paths import PREFIX

# What the server is asked for each act; the settings and the record of acts are the console's own.
OPERATIONS = {
    Act.RUN_TASK: ("/executions",),
    Act.EDIT_TASK: ("/tasks", "/tasks/check"),
    Act.SWITCH_TASK: ("/tasks/{task_id}/enable", "/tasks/{task_id}/disable"),
    Act.CANCEL_EXECUTION: ("/executions/{execution_id}/cancel",),
    Act.RETRY_EXECUTION: ("/executions/{execution_id}/retry",),
    Act.JUDGE_FAILURE: tuple(f"/failures/{{fingerprint}}/{act}" for act in ("ignore", "resolve", "reopen")),
    Act.CANCEL_JOB: ("/jobs/{job_id}/cancel",),
    Act.RETRY_JOB: ("/jobs/{job_id}/retry",),
    Act.CHANGE_JOB: ("/jobs/{job_id}",),
    Act.DELIVER_AGAIN: ("/jobs/{job_id}/deliveries/{position}/redeliver",),
    Act.TEST_DELIVERY: ("/deliveries/test",),
    Act.PAUSE_QUEUE: ("/pauses/queue",),
    Act.PAUSE_TASK: ("/pauses/tasks/{task_id}",),
    Act.EDIT_SCHEDULE: ("/schedules",),
    Act.SWITCH_SCHEDULE: ("/schedules/{schedule_id}/enable", "/schedules/{schedule_id}/disable"),
    Act.TRIGGER_SCHEDULE: ("/schedules/{schedule_id}/trigger",),
    Act.DELETE_TASK: ("/tasks/{task_id}",),
    Act.DELETE_SCHEDULE: ("/schedules/{schedule_id}",),
}

METHODS = {
    Act.DELETE_TASK: "DELETE",
    Act.DELETE_SCHEDULE: "DELETE",
    Act.CHANGE_JOB: "PATCH",
    Act.PAUSE_QUEUE: "PUT",
    Act.PAUSE_TASK: "PUT",
}


@pytest.mark.parametrize("role", list(Role))
def test_a_role_may_do_what_the_embedded_server_lets_it_do(role: Role) -> None:
    assert {*OPERATIONS} == {*Act} - {Act.SEE_SETTINGS, Act.SEE_AUDIT}
    for act, paths in OPERATIONS.items():
        for path in paths:
            needed = rule(METHODS.get(act, "POST"), PREFIX + path)
            assert needed is not None
            assert may(role, act) is allows(needed, role), (act, path)


def test_the_settings_are_for_admins() -> None:
    assert [role for role in Role if may(role, Act.SEE_SETTINGS)] == [Role.ADMIN]


def test_each_role_may_do_all_that_a_lesser_one_may() -> None:
    sets = [{*acts_of(role)} for role in Role]
    assert sets[0] == set()
    assert all(lesser < greater for lesser, greater in pairwise(sets))


@pytest.mark.parametrize("strange", ["owner", "", "root; admin"])
def test_a_role_that_nobody_knows_can_only_look(strange: str) -> None:
    assert acts_of(Role(strange)) == ()


def test_a_known_role_in_capitals_is_known() -> None:
    assert acts_of(Role("ADMIN")) == tuple(Act)
