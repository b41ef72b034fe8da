"""Which server is meant, and what of a query means nothing on another one."""

import pytest

from ratchet_web.models.executions import ExecutionQuery
from ratchet_web.models.jobs import JobQuery
from ratchet_web.models.schedules import ScheduleQuery
from ratchet_web.models.servers import chosen, under
from ratchet_web.models.tasks import TaskQuery


@pytest.mark.parametrize(
    ("names", "asked", "meant"),
    [
        (("prod", "staging"), "", "prod"),
        (("prod", "staging"), "staging", "staging"),
        (("prod", "staging"), "Staging", None),
        (("",), "", ""),
        (("",), "prod", None),
    ],
)
def test_the_server_of_an_address(names: tuple[str, ...], asked: str, meant: str | None) -> None:
    assert chosen(names, asked) == meant


def test_a_name_is_unique_among_servers_and_as_it_is_where_there_is_one() -> None:
    assert under("prod", "executions/1") == "prod:executions/1"
    assert under("", "executions/1") == "executions/1"


def test_filters_by_id_are_known() -> None:
    assert (ExecutionQuery.ids(), JobQuery.ids()) == (("task", "job", "schedule"), ("task", "schedule"))
    assert (ScheduleQuery.ids(), TaskQuery.ids()) == (("task",), ())
