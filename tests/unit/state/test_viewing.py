"""What a list's state makes of a query."""

import pytest

from ratchet_web.api import Ratchet
from ratchet_web.live.services import Surroundings
from ratchet_web.models.executions import ExecutionQuery, ExecutionStatus
from ratchet_web.models.jobs import JobQuery
from ratchet_web.models.tasks import TaskQuery
from ratchet_web.pages import executions, jobs
from ratchet_web.state.executions import STATUSES, ExecutionList
from ratchet_web.state.services import running
from ratchet_web.state.viewing import HIDDEN_SORTS, choices
from tests.doubles.ratchet import FakeRatchet
from tests.doubles.rooms import MemoryRooms
from tests.unit.state.test_services import at


def shown(query: ExecutionQuery, ignored: tuple[str, ...] = ()) -> ExecutionList:
    state = ExecutionList()
    state._show(query, ignored)
    return state


def test_the_topic_is_the_address_of_the_list() -> None:
    query = ExecutionQuery(status=ExecutionStatus.FAILED, page=2)
    assert shown(query).topic == "executions?page=2&status=FAILED"
    assert shown(ExecutionQuery()).topic == "executions"


@pytest.mark.parametrize(
    ("sort", "column", "link", "order"),
    [
        ("-queued_at", "queued_at", "/executions?sort=queued_at", "descending"),
        ("queued_at", "queued_at", "/executions", "ascending"),
        ("-queued_at", "duration_ms", "/executions?sort=-duration_ms", ""),
    ],
)
def test_a_click_on_a_column_sorts_by_it_and_turns_the_order(
    sort: str, column: str, link: str, order: str
) -> None:
    state = shown(ExecutionQuery(sort=sort))
    assert state.sort_links[column] == link
    assert state.sorted_by[column] == order


@pytest.mark.parametrize(
    ("sort", "chips"),
    [
        ("-completed_at", ["by time of the end, newest first"]),
        ("started_at", ["by time of the start, oldest first"]),
        ("-duration_ms", []),
    ],
)
async def test_an_order_that_no_column_tells_is_told_and_can_be_taken_back(
    sort: str, chips: list[str]
) -> None:
    api = Ratchet("http://prod.test", transport=FakeRatchet().transport)
    async with running({"prod": api}, Surroundings(MemoryRooms())):
        state = await at(f"/executions?sort={sort}&task=7&server=prod").get_state(ExecutionList)
        await ExecutionList.event_handlers["load"].fn(state)
    assert [chip["label"] for chip in state.filters] == chips
    assert [chip["href"] for chip in state.filters] == ["/executions?task=7"] * len(chips)


def test_every_order_of_a_list_is_told_by_a_column_or_beside_them() -> None:
    for query, columns in ((ExecutionQuery, executions.COLUMNS), (JobQuery, jobs.COLUMNS)):
        told = {column.sort for column in columns} | HIDDEN_SORTS.get(query.PATH, {}).keys()
        assert set(query.SORTS) <= told


def test_the_pager_leads_to_the_neighbours_and_keeps_the_filter() -> None:
    state = shown(ExecutionQuery(page=3, task="7"))
    assert state.previous_link == "/executions?page=2&task=7"
    assert state.next_link == "/executions?page=4&task=7"


def test_other_page_sizes_begin_at_page_one() -> None:
    sizes = {size["label"]: size for size in shown(ExecutionQuery(page=3, limit=50)).sizes}
    assert sizes["25"]["href"] == "/executions"
    assert sizes["50"]["active"] == "page"
    assert sizes["100"]["href"] == "/executions?limit=100"


def test_an_odd_page_size_of_the_address_is_among_the_choices() -> None:
    assert [size["label"] for size in shown(ExecutionQuery(limit=10)).sizes] == ["10", "25", "50", "100"]


def test_what_the_address_asked_in_vain_is_said() -> None:
    assert shown(ExecutionQuery(), ("status", "page")).ignored == "status, page"


def test_the_segments_of_a_filter_keep_the_rest_of_the_query() -> None:
    segments = choices(ExecutionQuery(task="7", page=2), "status", STATUSES)
    assert segments[0] == {"label": "All", "key": "total", "href": "/executions?task=7", "active": "page"}
    assert segments[3]["href"] == "/executions?status=FAILED&task=7"
    assert [segment["active"] for segment in segments[1:]] == [""] * 5


def test_a_yes_or_no_filter_knows_which_one_is_on() -> None:
    segments = choices(TaskQuery(enabled=False), "enabled", {True: "Enabled", False: "Disabled"})
    assert [segment["active"] for segment in segments] == ["", "", "page"]
    assert segments[1]["href"] == "/tasks?enabled=True"
    assert TaskQuery.parse({"enabled": "True"})[0].enabled is True


def test_a_filter_that_no_control_shows_can_be_taken_away() -> None:
    state = shown(ExecutionQuery(job="7", status=ExecutionStatus.FAILED))
    assert state.filters == [{"name": "job", "label": "job 7", "href": "/executions?status=FAILED"}]
    assert state.unfiltered == "/executions"


def test_an_unfiltered_list_says_so() -> None:
    assert shown(ExecutionQuery(page=2)).unfiltered == ""
