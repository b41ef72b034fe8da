"""People: each has a client and a hub of their own, which end with their session and leave nothing behind."""

import asyncio

import pytest

from ratchet_web.access.people import LINGER_S, ROLE_EVERY_S, People
from ratchet_web.api import Forbidden, RatchetError
from ratchet_web.bulk.run import Run
from ratchet_web.models.acts import Act
from ratchet_web.models.runs import Choice, Phase
from ratchet_web.models.users import Login
from tests.doubles.rooms import MemoryRooms
from tests.unit.access.conftest import Clock, GuardedRatchet

Fakes = dict[str, GuardedRatchet]


async def sign_in(people: People, name: str, server: str = "prod", old_id: str = "") -> str:
    """Sign somebody in whose password is their name."""
    return await people.sign_in(server, Login(username=name, password=name), old_id)


async def test_who_signs_in_has_services_on_that_server_alone(people: People, fakes: Fakes) -> None:
    id = await sign_in(people, "ann")
    assert list(people.own(id)) == ["prod"]
    assert [people.admits(id, asked) for asked in ("", "prod", "staging", "strange")] == [
        *(True, True, False, True)
    ]
    assert not any(people.admits(other, asked) for other in ("", "x") for asked in ("", "prod", "strange"))
    both = await sign_in(people, "rob", "staging", id)
    assert list(people.own(both)) == ["prod", "staging"]
    assert not people.own(id)
    assert [fake.transport.count("/api/v1/auth/login") for fake in fakes.values()] == [1, 1]


async def test_a_wrong_password_is_told_and_leaves_nothing(people: People) -> None:
    with pytest.raises(Forbidden) as told:
        await people.sign_in("prod", Login(username="ann", password="wrong"))
    assert told.value.status == 401
    assert len(people.sessions) == 0


async def test_each_has_rooms_of_their_own(people: People, rooms: MemoryRooms) -> None:
    ann, rob = await sign_in(people, "ann"), await sign_in(people, "rob")
    await people.own(ann)["prod"].hub.watch("tab-ann", ["tasks"])
    await people.own(rob)["prod"].hub.watch("tab-rob", ["tasks"])
    heard = {name: rooms.browsers[f"tab-{name}"] for name in ("ann", "rob")}
    await rooms.until(lambda: all("prod:tasks" in each.rows for each in heard.values()))
    await rooms.until(lambda: all("prod:link" in each.about for each in heard.values()))
    told = {name: each.about["prod:link"] for name, each in heard.items()}
    assert told["ann"]["account"] == {"name": "ann", "role": "admin"}
    assert told["rob"]["account"] == {"name": "rob", "role": "readonly"}
    assert told["rob"]["may"] == []
    topics = {topic for topic, members in rooms._members.items() if members}
    names = [topic.split(":", 1) for topic in topics]
    assert {name for _, name in names} == {"prod:link", "prod:tasks"}
    assert len({person for person, _ in names}) == 2
    assert len(topics) == 4


async def test_who_signs_out_is_told_on_every_page_and_the_token_is_worth_nothing(
    people: People, rooms: MemoryRooms, fakes: Fakes
) -> None:
    id = await sign_in(people, "ann")
    hub = people.own(id)["prod"].hub
    for tab in ("one", "two"):
        await hub.watch(tab, ["tasks"])
    await hub.hide("two")
    people.sessions.sign_out(id)
    ended = {"topic": "session", "server": "prod"}
    await rooms.until(lambda: all(ended in rooms.browsers[tab].messages for tab in ("one", "two")))
    await rooms.until(lambda: not fakes["prod"].tokens)
    assert not people.own(id)
    await hub.watch("one", ["tasks"])
    assert not hub.viewers


async def test_who_does_nothing_for_too_long_is_led_away_from_what_is_open(
    people: People, rooms: MemoryRooms, fakes: Fakes, clock: Clock
) -> None:
    id = await sign_in(people, "ann")
    await people.own(id)["prod"].hub.watch("tab", ["tasks"])
    clock.s += 10_000
    people.look()
    await rooms.until(lambda: {"topic": "session", "server": "prod"} in rooms.browsers["tab"].messages)
    await rooms.until(lambda: not fakes["prod"].tokens)


async def test_a_token_that_is_refused_ends_this_server_alone(
    people: People, rooms: MemoryRooms, fakes: Fakes
) -> None:
    id = await sign_in(people, "ann", "staging", await sign_in(people, "ann"))
    prod = people.own(id)["prod"]
    await prod.hub.watch("tab", ["tasks"])
    fakes["prod"].tokens.clear()
    with pytest.raises(RatchetError):
        await prod.api.tasks.get("1")
    await rooms.until(lambda: {"topic": "session", "server": "prod"} in rooms.browsers["tab"].messages)
    assert list(people.own(id)) == ["staging"]
    assert fakes["prod"].transport.count("/api/v1/auth/logout") == 0


async def test_a_role_that_changed_is_noticed_while_somebody_looks(
    people: People, rooms: MemoryRooms, fakes: Fakes, clock: Clock
) -> None:
    id = await sign_in(people, "ann")
    services = people.own(id)["prod"]
    await services.hub.watch("tab", ["console"])
    tab = rooms.browsers["tab"]
    await rooms.until(lambda: tab.rows.get("prod:console"))
    fakes["prod"].roles["ann"] = "readonly"
    clock.s += ROLE_EVERY_S
    people.look()
    await rooms.until(lambda: tab.about["prod:link"]["account"]["role"] == "readonly")
    assert not services.person.may(Act.RUN_TASK)
    await rooms.until(lambda: not tab.rows["prod:console"])
    fakes["prod"].roles["ann"] = "user"
    services.person.doubted = True
    people.look()
    await rooms.until(lambda: tab.about["prod:link"]["account"]["role"] == "user")
    people.look()
    assert fakes["prod"].transport.count("/api/v1/auth/me") == 2


async def test_what_nobody_uses_is_closed_and_opened_again_when_it_is_asked_for(
    people: People, rooms: MemoryRooms, clock: Clock
) -> None:
    before = asyncio.all_tasks()
    id = await sign_in(people, "ann")
    first = people.own(id)["prod"]
    await first.hub.watch("tab", ["tasks"])
    clock.s += LINGER_S
    people.look()
    assert people.own(id)["prod"] is first
    rooms.close("tab")
    await first.hub.drop("tab")
    clock.s += LINGER_S
    people.look()
    await rooms.until(lambda: asyncio.all_tasks() <= before)
    again = people.own(id)["prod"]
    assert again is not first
    await again.hub.watch("other", ["tasks"])
    await rooms.until(lambda: "prod:tasks" in rooms.browsers["other"].rows)


async def test_nothing_is_left_when_all_are_signed_out(
    people: People, rooms: MemoryRooms, fakes: Fakes
) -> None:
    before = asyncio.all_tasks()
    for name in ("ann", "rob"):
        id = await sign_in(people, name)
        await people.own(id)["prod"].hub.watch(f"tab-{name}", ["tasks", "executions"])
    people.sessions.close()
    await rooms.until(lambda: asyncio.all_tasks() <= before)
    assert not fakes["prod"].tokens


async def test_while_a_bulk_run_goes_on_its_owner_stays_signed_in_and_its_results_stay_with_them(
    people: People, clock: Clock
) -> None:
    id = await sign_in(people, "ann")
    services = people.own(id)["prod"]
    run = Run("1", Choice("jobs", "cancel", ids=("1",)), lambda: None, Phase.RUNNING)
    services.runs._runs[run.id] = run
    for _ in range(15):
        clock.s += 1_000
        people.look()
    assert people.own(id)["prod"] is services
    run.phase = Phase.COMPLETED
    clock.s += LINGER_S
    people.look()
    assert await people.own(id)["prod"].runs.find(run.id) is run
    clock.s += 10_000
    people.look()
    assert not people.own(id)
