"""Looking through all lists of a server at once, over HTTP."""

import httpx
import pytest
from starlette.applications import Starlette

from ratchet_web.api import Ratchet
from ratchet_web.live import search
from ratchet_web.models.dialect import Dialect
from ratchet_web.models.executions import ExecutionQuery
from ratchet_web.models.jobs import JobQuery, NewJob
from ratchet_web.models.pages import Page
from ratchet_web.models.tasks import NewTask
from ratchet_web.server.paths import PREFIX

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture
def asked(api):
    async def ask(status=200, change=lambda ratchet: None, **params):
        async with Ratchet(f"http://127.0.0.1{PREFIX}", transport=api.client._transport) as ratchet:
            change(ratchet)
            app = Starlette(routes=search.routes(lambda _: {"prod": ratchet}))
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://console.test") as client:
                answer = await client.get(search.PATH, params=params)
        assert answer.status_code == status, answer.text
        return answer.json()

    return ask


def named(answer) -> list[tuple[str, str]]:
    return [(each["noun"], each["id"]) for each in answer["found"]]


async def test_a_part_of_a_name_finds_the_task_and_an_id_comes_before_everything_else(api, asked):
    async with Ratchet(f"http://127.0.0.1{PREFIX}", transport=api.client._transport) as ratchet:
        task = await ratchet.tasks.create(NewTask(name="haystack-needle", source_code="function main() {}"))
        job = await ratchet.jobs.create(NewJob(task_id=task.id, input={}))
        digits = await ratchet.tasks.create(NewTask(name=f"is-{job.id}-ed", source_code="function main() {}"))
    found = await asked(q=" STACK-NEED ")
    assert named(found)[0] == ("tasks", task.id)
    assert found["unsearched"] == []
    found = await asked(q=job.id)
    assert ("jobs", job.id) in named(found)
    assert named(found).index(("jobs", job.id)) < named(found).index(("tasks", digits.id))
    shown = next(each for each in found["found"] if each["noun"] == "jobs")
    assert shown["name"] == "haystack-needle"
    assert (await asked(q="no such thing"))["found"] == []


async def test_what_could_not_be_searched_is_said_and_the_rest_is_there(api, asked):
    await api.post("/tasks", {"name": "left-over", "sourceCode": "function main() {}"})

    def hinder(ratchet: Ratchet) -> None:
        async def nothing(query: ExecutionQuery) -> Page:
            return Page(ignored=("text",)) if query.text else Page()

        async def late(query: JobQuery) -> Page:
            raise TimeoutError

        ratchet.executions.page, ratchet.jobs.page = nothing, late

    answer = await asked(change=hinder, q="left-over")
    assert [each["name"] for each in answer["found"]] == ["left-over"]
    assert answer["unsearched"] == [
        "Not searched: errors of executions; this server does not do it.",
        "Not searched: errors of jobs; it took too long.",
    ]


async def test_of_a_server_with_few_requests_little_is_asked_and_that_is_said(api, asked):
    await api.post("/tasks", {"name": "rare-one", "sourceCode": "function main() {}"})

    def limit(ratchet: Ratchet) -> None:
        async def few() -> Dialect:
            return Dialect(limited=True)

        def none(query) -> Page:
            raise AssertionError("this costs more than it may")

        ratchet.dialect = few
        ratchet.executions.page = ratchet.jobs.page = ratchet.schedules.page = none

    answer = await asked(change=limit, q="rare-one")
    assert [each["name"] for each in answer["found"]] == ["rare-one"]
    assert answer["unsearched"] == [search.FEW_REQUESTS]


@pytest.mark.parametrize(
    ("params", "status"),
    [({}, 400), ({"q": " "}, 400), ({"q": "x" * 201}, 400), ({"q": "x", "server": "y"}, 404)],
)
async def test_what_makes_no_sense_is_refused(asked, params, status):
    assert (await asked(status, **params))["message"]
