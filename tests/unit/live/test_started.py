"""Hearing of what somebody started until it is over."""

import pytest

from ratchet_web.api import NotFound
from ratchet_web.bulk.runs import Runs
from ratchet_web.live.started import MOST, NEWEST, started_topic
from ratchet_web.models.executions import Execution
from ratchet_web.models.jobs import Job
from ratchet_web.models.monitoring import Change
from ratchet_web.models.pages import Page


class Lists:
    """A list of executions or jobs that notes what it is asked, with the rows of its newest page alone."""

    def __init__(self, *rows) -> None:
        self.rows, self.asked = rows, []

    async def page(self, query) -> Page:
        assert query.limit == NEWEST
        self.asked.append("page")
        return Page(rows=self.rows)

    async def get(self, id: str):
        self.asked.append(id)
        for row in self.rows:
            if row.id == id:
                return row
        raise NotFound("There is none")

    head = get


class Api:
    """What the topic needs of a client."""

    def __init__(self) -> None:
        self.executions = Lists(
            Execution(id="12", status="COMPLETED", task_name="add"), Execution(id="13", status="RUNNING")
        )
        self.jobs = Lists(Job(id="4", status="FAILED", error_message="no" * 300))


@pytest.fixture
def api() -> Api:
    return Api()


async def fetched(api: Api, name: str):
    topic = started_topic(name, Runs(api))
    assert topic is not None
    return await topic.fetch(api)


async def test_one_row_is_read_alone_and_several_at_once(api):
    found = await fetched(api, "started/executions.12,jobs.4")
    assert [(row["id"], row["status"], row["over"]) for row in found.rows] == [
        ("executions/12", "COMPLETED", True),
        ("jobs/4", "FAILED", True),
    ]
    assert len(found.rows[1]["note"]) == 200
    assert not found.unfinished
    assert (api.executions.asked, api.jobs.asked) == (["12"], ["4"])
    api.executions.asked.clear()
    assert (await fetched(api, "started/executions.12,executions.13")).unfinished
    assert api.executions.asked == ["page"]


async def test_what_is_not_there_any_more_is_over(api):
    found = await fetched(api, "started/jobs.99,bulk.1f2e")
    assert [(row["id"], row["status"], row["over"]) for row in found.rows] == [
        ("jobs/99", "GONE", True),
        ("bulk/1f2e", "GONE", True),
    ]


def test_only_its_own_rows_make_it_look_again(api):
    topic = started_topic("started/executions.12,bulk.1f2e", Runs(api))
    changes = [("executions", "12"), ("execution", "12"), ("bulk", "1f2e")]
    others = [("executions", "13"), ("jobs", "12"), ("bulk", "1f2d"), ("tasks", "12")]
    heard = [topic.dirtied_by(Change(resource=noun, id=id, kind="updated"), None) for noun, id in changes]
    unheard = [topic.dirtied_by(Change(resource=noun, id=id, kind="updated"), None) for noun, id in others]
    assert (heard, unheard) == ([True] * 3, [False] * 4)


@pytest.mark.parametrize(
    "name",
    [
        *("started/", "started/tasks.1", "started/jobs.1,", "started/jobs.1,,jobs.2", "started/jobs.x"),
        *("started/bulk.A", "started/jobs.1\n", "started/" + ",".join(f"jobs.{n}" for n in range(MOST + 1))),
    ],
)
def test_names_that_make_no_sense_are_no_topics(api, name):
    assert started_topic(name, Runs(api)) is None
