"""The guard: without a session no event of any state comes through, whatever will be written tomorrow."""

from collections.abc import Iterator

import pytest
import reflex as rx
from reflex.istate.data import HeaderData, ReflexURL, URLData
from reflex.state import State
from reflex_base.event import Event

import ratchet_web.ratchet_web
from ratchet_web.access.cookies import Cookies
from ratchet_web.access.people import People
from ratchet_web.models.users import Account, Role
from ratchet_web.state.guard import OPEN, ByAccount, Guard
from ratchet_web.state.run import RunDialog
from tests.unit.access.conftest import clock, fakes, people, rooms  # noqa: F401

COOKIES = Cookies(3000)
ENDED = {"topic": "session", "server": "prod"}


def kinds(kind: type[State]) -> Iterator[type[State]]:
    yield kind
    for below in kind.__subclasses__():
        if not below._mixin:
            yield from kinds(below)


EVENTS = sorted({f"{kind.get_full_name()}.{name}" for kind in kinds(State) for name in kind.event_handlers})


def visitor(address: str = "/tasks?server=prod", id: str = "") -> rx.State:
    state = rx.State(_reflex_internal_init=True)
    state.rx_router_url = URLData.from_url(ReflexURL(f"http://console.test{address}"))
    state.rx_router_headers = HeaderData(cookie=f"other=1; {COOKIES.name}={id}" if id else "")
    return state


@pytest.fixture
def guard(people: People) -> Guard:  # noqa: F811
    return Guard(ByAccount(people, COOKIES))


def signed_in(people: People, name: str = "ann") -> str:  # noqa: F811
    return people.sessions.sign_in("prod", Account(username=name, role=Role.USER), "token")[0]


# What those need that a page sends before anything else.
NEEDED = {"set_is_hydrated": {"value": True}, "hydrate_and_load": {"vars": {}, "hashes": ["x"]}}


async def judged(guard: Guard, state: rx.State, name: str) -> object:
    event = Event(name=name, payload=NEEDED.get(name.rpartition(".")[2], {}))
    update = await guard.preprocess(ratchet_web.ratchet_web.app, state, event)
    return update and update.delta["live"]


def test_the_states_are_all_there() -> None:
    assert len(EVENTS) > 40
    assert {*OPEN} <= {*EVENTS}
    assert any(name.endswith("acts.cancel_job") for name in EVENTS)


@pytest.mark.parametrize("id", ["", "guessed"])
@pytest.mark.parametrize("event", EVENTS)
async def test_a_stranger_gets_nothing_handled_but_what_the_sign_in_needs(
    guard: Guard, event: str, id: str
) -> None:
    assert await judged(guard, visitor(id=id), event) == (None if event in OPEN else ENDED)


@pytest.mark.parametrize("event", sorted(OPEN))
@pytest.mark.parametrize("payload", [{"strange": 1}, {"value": "x" * 1_000_000}, {"vars": [], "hashes": {}}])
async def test_what_is_open_to_strangers_takes_no_rubbish(
    guard: Guard, event: str, payload: dict[str, object]
) -> None:
    update = await guard.preprocess(
        ratchet_web.ratchet_web.app, visitor(), Event(name=event, payload=payload)
    )
    assert update is not None
    assert not update.delta


async def test_nothing_new_is_open() -> None:
    assert sorted(name.rpartition(".")[2] for name in OPEN) == [
        *("hydrate", "hydrate_and_load", "load", "on_load_internal", "set_is_hydrated", "set_is_hydrated")
    ]


@pytest.mark.parametrize(
    "name", ["hydrate", "x.hydrate", "state.hydrate", "reflex___state____state.hydrate "]
)
async def test_only_the_full_name_is_open(guard: Guard, name: str) -> None:
    assert await judged(guard, visitor(), name) == ENDED


async def test_who_is_signed_in_may_send_events_of_that_server_alone(guard: Guard, people: People) -> None:  # noqa: F811
    id = signed_in(people)
    event = f"{RunDialog.get_full_name()}.open"
    assert await judged(guard, visitor("/tasks", id), event) is None
    assert await judged(guard, visitor("/tasks?server=prod", id), event) is None
    assert await judged(guard, visitor("/tasks?server=strange", id), event) is None
    elsewhere = await judged(guard, visitor("/tasks?server=staging", id), event)
    assert elsewhere == {"topic": "session", "server": "staging"}
    people.sessions.sign_out(id)
    assert await judged(guard, visitor("/tasks", id), event) == ENDED


async def test_states_that_were_filled_for_another_person_begin_anew(guard: Guard, people: People) -> None:  # noqa: F811
    ann, rob = signed_in(people, "ann"), signed_in(people, "rob")
    state = visitor(id=ann)
    hydrate = f"{State.get_full_name()}.hydrate_and_load"
    await judged(guard, state, hydrate)
    dialog = await state.get_state(RunDialog)
    dialog.description = "what ann read"
    await judged(guard, state, hydrate)
    assert dialog.description == "what ann read"
    state.rx_router_headers = HeaderData(cookie=f"{COOKIES.name}={rob}")
    await judged(guard, state, hydrate)
    assert dialog.description == ""
    dialog.description = "what rob read"
    state.rx_router_headers = HeaderData(cookie="")
    await judged(guard, state, hydrate)
    assert dialog.description == ""
