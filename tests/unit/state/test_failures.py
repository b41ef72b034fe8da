"""What somebody makes of failures is told in words: no id, no word of the API's."""

from collections.abc import AsyncIterator

import pytest

from ratchet_web.api import Ratchet
from ratchet_web.live.services import Surroundings
from ratchet_web.state.failures import Failures
from ratchet_web.state.notices import Notices
from ratchet_web.state.services import running, services
from tests.doubles.ratchet import AT, FakeRatchet
from tests.doubles.rooms import MemoryRooms
from tests.doubles.transport import answer
from tests.unit.state.test_services import at

KEY = "0123456789abcdef"
LONG = "The till " + "of the shop " * 20 + "does not balance"
SHOWN = "“DataError: The till of the shop of the shop of the shop of …”"
TOLD = {"id": KEY, "error": "DataError", "message": LONG, "state": "RESOLVED", "count": 2}


@pytest.fixture
async def fake() -> AsyncIterator[FakeRatchet]:
    fake = FakeRatchet()
    fake.capabilities = {"server": "fake", "version": "1", "failures": True}
    fake.transport.on(f"{AT}/failures/{KEY}", answer(200, {"data": TOLD}))
    async with running(
        {"prod": Ratchet("http://prod.test", transport=fake.transport)}, Surroundings(MemoryRooms())
    ):
        yield fake


@pytest.mark.parametrize(
    ("state", "status", "verdict", "words", "is_tried"),
    [
        # What is known to be so is not tried: it would be recorded as refused.
        ("IGNORED", 409, "ignore", f"{SHOWN} is ignored", False),
        ("RESOLVED", 409, "resolve", f"{SHOWN} is resolved", False),
        ("OPEN", 409, "reopen", f"{SHOWN} is open", False),
        # Somebody else was quicker.
        ("OPEN", 409, "ignore", f"{SHOWN} is ignored", True),
        ("IGNORED", 409, "resolve", f"{SHOWN} is resolved", True),
        ("RESOLVED", 409, "reopen", f"{SHOWN} is open", True),
        ("RESOLVED", 404, "ignore", "This failure is not kept any more", True),
    ],
)
async def test_what_is_so_already_is_said_of_its_message(
    fake: FakeRatchet, state: str, status: int, verdict: str, words: str, is_tried: bool
) -> None:
    fake.transport.on(f"{AT}/failures/{KEY}", answer(200, {"data": {**TOLD, "state": state}}))
    error = {"error": {"code": "CONFLICT", "message": f"Failure {KEY} is RESOLVED already"}}
    fake.transport.on(f"{AT}/failures/{KEY}/{verdict}", answer(status, error))
    viewer = at(f"/failures/{KEY}?server=prod")
    async for _ in Failures.event_handlers["judge"].fn(await viewer.get_state(Failures), KEY, verdict):
        pass
    (notice,) = (await viewer.get_state(Notices)).items
    already = " already" if status == 409 else ""
    assert (notice["kind"], notice["text"]) == ("warn", f"{words}{already}. Nothing was changed.")
    assert any(request.method == "POST" for request in fake.transport.requests) is is_tried


async def test_all_of_a_failure_are_meant_by_its_message(fake: FakeRatchet) -> None:
    viewer = at(f"/failures/{KEY}?server=prod")
    failures = await viewer.get_state(Failures)
    assert [event async for event in Failures.event_handlers["retry_all"].fn(failures, KEY)]
    (run,) = services(viewer).runs._runs.values()
    assert sorted(run.narrowed.split(", ")) == [f"failure {SHOWN}", "not retried yet"]
