"""Whose services a handler gets: those of the server that the address of the viewer's page means."""

from collections.abc import AsyncIterator, Mapping

import pytest
import reflex as rx
from reflex.istate.data import ReflexURL, URLData

from ratchet_web.api import NotFound, Ratchet
from ratchet_web.live.services import Surroundings
from ratchet_web.models.executions import ExecutionQuery
from ratchet_web.state.acts import Acts
from ratchet_web.state.notices import Notices
from ratchet_web.state.servers import Servers
from ratchet_web.state.services import Services, go, running, server_of, services
from ratchet_web.state.viewing import asked, watch
from tests.doubles.ratchet import FakeRatchet
from tests.doubles.rooms import MemoryRooms

Fakes = dict[str, FakeRatchet]


def at(address: str) -> rx.State:
    """Return the state of a viewer whose page has this address."""
    state = rx.State()
    turn(state, address)
    return state


def turn(state: rx.State, address: str) -> None:
    """Let the viewer's page have another address."""
    state.rx_router_url = URLData.from_url(ReflexURL(f"http://console.test{address}"))


@pytest.fixture
def fakes() -> Fakes:
    return {"prod": FakeRatchet(), "staging": FakeRatchet()}


@pytest.fixture
def rooms() -> MemoryRooms:
    return MemoryRooms()


@pytest.fixture
async def started(fakes: Fakes, rooms: MemoryRooms) -> AsyncIterator[Mapping[str, Services]]:
    clients = {name: Ratchet(f"http://{name}.test", transport=fake.transport) for name, fake in fakes.items()}
    async with running(clients, Surroundings(rooms)) as started:
        yield started


@pytest.mark.usefixtures("started")
@pytest.mark.parametrize(
    ("address", "server"),
    [
        ("/", "prod"),
        ("/tasks?server=prod", "prod"),
        ("/tasks?q=a&server=staging", "staging"),
        ("/tasks?server=prod&server=staging", "staging"),
    ],
)
async def test_the_address_chooses_the_server(address: str, server: str) -> None:
    assert services(at(address)).server == server
    assert services(at(address)).api.server == f"http://{server}.test"


@pytest.mark.usefixtures("started")
async def test_a_strange_server_has_no_services() -> None:
    with pytest.raises(NotFound, match="knows no server 'strange'"):
        services(at("/?server=strange"))


async def test_the_only_server_needs_no_name_and_has_none(fakes: Fakes, rooms: MemoryRooms) -> None:
    async with running(
        {"": Ratchet("http://one.test", transport=fakes["prod"].transport)}, Surroundings(rooms)
    ):
        assert services(at("/tasks")).server == ""
        assert server_of(at("/tasks?server=prod")) == "prod"
        with pytest.raises(NotFound):
            services(at("/tasks?server=prod"))


@pytest.mark.usefixtures("started")
async def test_a_redirect_stays_on_the_server() -> None:
    event = go(at("/tasks?server=staging"), ExecutionQuery(task="7").address())
    assert "/executions?task=7&server=staging" in str(event)


@pytest.mark.usefixtures("started")
async def test_the_server_in_an_address_is_no_strange_filter() -> None:
    assert asked(at("/executions?server=staging&run=1&colour=red"), ExecutionQuery)[1] == ("colour",)


@pytest.mark.usefixtures("started")
@pytest.mark.parametrize(
    ("address", "led_to"),
    [
        ("/executions/1?server=staging#L9", None),
        ("/executions/1?tab=data#L9", "/executions/1?tab=data&server=prod#L9"),
        ("/?server=prod&server=staging", "/?server=staging"),
        ("//elsewhere.test/", "/elsewhere.test/?server=prod"),
    ],
)
async def test_an_address_that_does_not_name_its_server_is_led_to_one_that_does(
    address: str, led_to: str | None
) -> None:
    event = arrived(address)[1]
    assert (f'"{led_to}"' in str(event)) if led_to else event is None


def arrived(address: str) -> tuple[Servers, object]:
    """Return what a viewer sees of the servers, and the event that the visit of an address answers."""
    servers = at(address).substates.get(Servers.get_name()) or Servers(parent_state=at(address))
    return servers, Servers.event_handlers["arrive"].fn(servers)


@pytest.mark.usefixtures("started")
async def test_a_strange_server_is_told_with_the_same_page_on_the_others() -> None:
    servers, event = arrived("/tasks/7?tab=runs&server=strange")
    assert (servers.unknown, event) == ("strange", None)
    assert servers.others == [
        {"label": "prod", "href": "/tasks/7?tab=runs&server=prod"},
        {"label": "staging", "href": "/tasks/7?tab=runs&server=staging"},
    ]


async def test_who_turns_to_another_server_watches_nothing_of_the_first(
    started: Mapping[str, Services], rooms: MemoryRooms
) -> None:
    viewer = at("/tasks?server=prod")
    await watch(viewer, "tasks")
    assert rooms.members("prod:tasks") == 1
    turn(viewer, "/tasks?server=staging")
    await watch(viewer, "tasks")
    assert (rooms.members("prod:tasks"), rooms.members("staging:tasks")) == (0, 1)
    assert rooms.members("prod:link") == 0
    assert (await viewer.get_state(Servers)).shown == "staging"


async def test_of_a_strange_server_nothing_is_asked_and_nothing_watched(
    started: Mapping[str, Services], rooms: MemoryRooms, fakes: Fakes
) -> None:
    viewer = at("/tasks?server=strange")
    await watch(viewer, "tasks")
    acts = await viewer.get_state(Acts)
    async for _ in Acts.event_handlers["cancel_execution"].fn(acts, "1"):
        pass
    told = (await viewer.get_state(Notices)).items[-1]
    assert "knows no server 'strange'" in told["text"]
    assert not any(fake.transport.requests for fake in fakes.values())
    assert not any(rooms.members(f"{server}:tasks") for server in ("prod", "staging", "strange"))


async def test_an_act_and_its_answer_are_of_the_server_in_the_address(
    started: Mapping[str, Services], fakes: Fakes
) -> None:
    viewer = at("/schedules?server=staging")
    acts = await viewer.get_state(Acts)
    busy = [list(acts.busy) async for _ in Acts.event_handlers["trigger_schedule"].fn(acts, "7")]
    assert busy[0] == ["staging:schedules/7"]
    assert acts.busy == []
    assert not fakes["prod"].transport.requests
    assert fakes["staging"].transport.requests[-1].url.path == "/api/v1/schedules/7/trigger"
    assert (await viewer.get_state(Notices)).items[-1]["server"] == "staging"
