"""`/graphql` of the double: what a client asks for, and what is refused."""

from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.doubles.native import Native, native


@pytest_asyncio.fixture
async def double():
    async with native(works=False, burst=0) as double:
        double.add_task("report_daily", enabled=False)
        for status in ("COMPLETED", "FAILED", "FAILED"):
            double.add_execution(status=status)
        for priority in ("HIGH", "NORMAL", "CRITICAL"):
            double.add_job(priority=priority, output_destinations=[{"destinationType": "filesystem"}])
        double.add_schedule("off", enabled=False)
        yield double


async def ask(double: Native, query: str, **variables: Any) -> dict[str, Any]:
    sent = {"query": query, "variables": variables}
    async with httpx.AsyncClient(transport=double.transport, base_url=double.url) as client:
        answer = await client.post("/graphql", json=sent)
    assert answer.status_code == 200, answer.text
    return answer.json()


ANSWERS = [
    ("{ tasks { items { id name } meta { total limit } } }",
     {"tasks": {"items": [{"id": "1", "name": "heartbeat"}, {"id": "2", "name": "report_daily"}],
                "meta": {"total": 2, "limit": 50}}}),
    ("{ tasks(filters: {enabled: false, nameExact: \"x\"}) { items { id } } }",
     {"tasks": {"items": [{"id": "2"}]}}),
    ("{ tasks(filters: {nameContains: \"HEART\"}) { meta { total } } }", {"tasks": {"meta": {"total": 1}}}),
    ("{ tasks(limit: 1, offset: 1) { items { id } meta { offset hasNext hasPrevious page } } }",
     {"tasks": {"items": [{"id": "2"}], "meta": {"offset": 1, "hasNext": False, "hasPrevious": True,
     "page": 1}}}),
    ("{ executions(limit: 500) { meta { limit total totalPages } } }",
     {"executions": {"meta": {"limit": 500, "total": 3, "totalPages": 1}}}),
    ("{ failed: executions(filters: {status: FAILED}, limit: 1) { meta { total } } "
     "done: executions(filters: {status: \"COMPLETED\"}, limit: 1) { meta { total } } }",
     {"failed": {"meta": {"total": 2}}, "done": {"meta": {"total": 1}}}),
    ("{ executions(filters: {statusIn: [PENDING], hasError: true}) { meta { total } } }",
     {"executions": {"meta": {"total": 3}}}),
    ("{ jobs { items { priority outputDestinations { destinationType } } } }",
     {"jobs": {"items": [{"priority": priority, "outputDestinations": [{"destinationType": "WEBHOOK"}]}
                         for priority in ("CRITICAL", "NORMAL", "HIGH")]}}),
    ("{ schedules(limit: 1) { items { name __typename } meta { total } } }",
     {"schedules": {"items": [{"name": "system_heartbeat", "__typename": "UnifiedSchedule"}],
     "meta": {"total": 0}}}),
    ("{ a: schedule(id: \"2\") { enabled } b: schedule(id: \"9\") { enabled } c: task(id: \"x\") { id } }",
     {"a": {"enabled": False}, "b": None, "c": None}),
    ("{ workers { items { id } meta { total } } taskStats { totalTasks } health { database } }",
     {"workers": {"items": [], "meta": {"total": 0}}, "taskStats": {"totalTasks": 0},
     "health": {"database": True}}),
]  # fmt: skip


@pytest.mark.parametrize(("query", "data"), ANSWERS)
async def test_it_reads(double, query, data):
    assert await ask(double, query) == {"data": data}


REFUSED = [
    ("{ task(id: \"1\") { nam } }", 'Unknown field "nam" on type "UnifiedTask". Did you mean "name"?'),
    ("{ task(id: \"1\") }", 'Field "task" of type "UnifiedTask" must have a selection of subfields'),
    ("{ task(id: \"1\") { id { x } } }",
     'Field "id" must not have a selection since type "ApiId" has no subfields'),
    ("{ task { id } }", 'Field "task" argument "id" of type "Query" is required but not provided'),
    ("{ task(id: 1) { id } }", 'Expected input type "GraphQLApiId", found 1.'),
    ("{ jobs(order: 1) { meta { total } } }", 'Unknown argument "order" on field "jobs" of type "Query".'),
    ("{ jobs(limit: \"1\") { meta { total } } }", 'Invalid value for argument "limit", expected type "Int"'),
    ("{ jobs(filters: {status: DONE}) { meta { total } } }",
     'Invalid value for argument "filters.status", enumeration type "JobStatus" does not contain the '
     'value "DONE"'),
    ("{ jobs(filters: {queue: 1}) { meta { total } } }",
     'Invalid value for argument "filters", unknown field "queue" of type "JobFiltersInput"'),
    ("{ jobs(filters: {queuedAfter: \"now\"}) { meta { total } } }",
     'Failed to parse "DateTime": input contains invalid characters '
     '(occurred while parsing "JobFiltersInput")'),
    ("{ tasks(filters: {nameContains: \"system\"}) { meta { total } } }",
     "Validation error: SQL injection attempt detected"),
    ("query($id: ID!) { task(id: $id) { id } }",
     'Variable "id" of type "GraphQLApiId!" used in position expecting type "ID!"'),
    ("query($id: GraphQLApiId) { task(id: $id) { id } }",
     'Variable "id" of type "GraphQLApiId!" used in position expecting type "GraphQLApiId"'),
    ("{ task(id: $id) { id } }", 'Variable "$id" is not defined'),
    ("query Q($id: Int) { health { message } }", 'Variable "$id" is not used by operation "Q"'),
    ("query($limit: Int) { tasks(limit: $limit) { meta { total } } }", "Variable limit is not defined."),
    ("{ a: task(id: \"1\") { id } a: job(id: \"1\") { id } }",
     'Fields "a" conflict because "task" and "job" are different fields. '
     "Use different aliases on the fields to fetch both if this was intentional."),
    ("subscription { health { message } }", "Subscriptions are not supported on this transport."),
    ("query A { health { message } } query B { health { message } }", "Operation name required in request."),
]  # fmt: skip


@pytest.mark.parametrize(("query", "message"), REFUSED)
async def test_it_refuses_with_status_200(double, query, message):
    answer = await ask(double, query)
    assert answer["data"] is None
    assert answer["errors"][0]["message"] == message


async def test_one_fault_leaves_nothing_of_the_answer(double):
    answer = await ask(double, "{ good: health { message } bad: task(id: 1) { id } }")
    assert answer["data"] is None
    assert answer["errors"] == [
        {
            "message": 'Expected input type "GraphQLApiId", found 1.',
            "locations": [{"line": 1, "column": 42}],
            "path": ["bad"],
        }
    ]


async def test_what_is_no_document_says_where(double):
    (error,) = (await ask(double, "{ health { message }"))["errors"]
    assert error["locations"] == [{"line": 1, "column": 21}]
    assert error["message"].startswith(" --> 1:21\n  |\n1 | { health { message }")


async def test_variables_are_declared_with_the_names_of_the_schema(double):
    query = """
        query Page($id: GraphQLApiId!, $filters: ExecutionFiltersInput, $limit: Int = 2, $after: DateTime) {
            task(id: $id) { id }
            executions(filters: $filters, limit: $limit) { items { id } }
            jobs(filters: {queuedAfter: $after}) { meta { total } }
        }"""
    answer = await ask(double, query, id="1", filters={"status": "FAILED"}, after=None)
    assert answer["data"]["task"] == {"id": "1"}
    assert [row["id"] for row in answer["data"]["executions"]["items"]] == ["3", "2"]
    assert answer["data"]["jobs"]["meta"]["total"] == 3


async def test_times_have_an_offset_where_rest_has_z(double):
    answer = await ask(double, '{ schedule(id: "1") { nextRun } executions { items { queuedAt } } }')
    assert answer["data"]["schedule"]["nextRun"] == "2025-07-07T09:05:00+00:00"
    newest = answer["data"]["executions"]["items"][0]["queuedAt"]
    again = await ask(
        double, f'{{ executions(filters: {{queuedAfter: "{newest}"}}) {{ meta {{ total }} }} }}'
    )
    assert again["data"]["executions"]["meta"]["total"] == 1


@pytest.mark.parametrize(
    ("count", "fields", "is_answered"), [(125, 7, True), (126, 7, False), (200, 4, True)]
)
async def test_a_thousand_fields_are_enough(double, count, fields, is_answered):
    chosen = ["id", "taskId", "name", "enabled", "nextRun", "updatedAt", "cronExpression"][:fields]
    reads = " ".join(f's{n}: schedule(id: "{n}") {{ __typename {" ".join(chosen)} }}' for n in range(count))
    answer = await ask(double, f"{{ {reads} }}")
    expected = None if is_answered else [{"message": "Query is too complex."}]
    assert answer.get("errors") == expected


async def test_an_executed_task_is_a_job(double):
    query = (
        "mutation($input: ExecuteTaskInput!) { executeTask(input: $input) { id status priority maxRetries } }"
    )
    answer = await ask(double, query, input={"taskId": "2", "inputData": {"lost": True}, "priority": "LOW"})
    wanted = {"id": "4", "status": "QUEUED", "priority": "LOW", "maxRetries": 3}
    assert answer == {"data": {"executeTask": wanted}}


async def test_it_is_asked_with_post_and_json_alone(double):
    async with httpx.AsyncClient(transport=double.transport, base_url=double.url) as client:
        assert (await client.get("/graphql", params={"query": "{ health { message } }"})).status_code == 415
        assert (await client.post("/graphql", data={"query": "{}"})).status_code == 415
        assert (await client.post("/graphql", json={"query": 1})).status_code == 422


async def test_a_page_beyond_32_bits_breaks_the_connection(double):
    with pytest.raises(httpx.RemoteProtocolError):
        await ask(double, "{ executions(offset: -1) { meta { total } } }")
