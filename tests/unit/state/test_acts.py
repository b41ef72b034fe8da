"""Acts on one row: what a role does not allow is said, and the server is not even asked."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from ratchet_web.api import Ratchet
from ratchet_web.state.acts import Acts
from ratchet_web.state.notices import Notices
from ratchet_web.state.refusals import UNFIT
from ratchet_web.state.services import running
from tests.doubles.ratchet import FakeRatchet
from tests.doubles.rooms import MemoryRooms
from tests.unit.state.test_services import at

SWITCHED = ("switch_task", "switch_schedule")
ALL = sorted(Acts.event_handlers.keys() - {"setvar"})


@pytest.fixture
async def lesser(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeRatchet]:
    """A server on which the viewer's role allows nothing."""
    fake = FakeRatchet()
    api = Ratchet("http://prod.test", transport=fake.transport)
    async with running({"prod": api}, MemoryRooms()) as started:
        monkeypatch.setattr(started["prod"].person, "may", lambda act: False)
        yield fake


@pytest.mark.parametrize("handler", ALL)
async def test_what_a_role_does_not_allow_is_not_even_tried(lesser: FakeRatchet, handler: str) -> None:
    viewer = at("/jobs?server=prod")
    acts = await viewer.get_state(Acts)
    given: tuple[Any, ...] = ("1", True) if handler in SWITCHED else ("1",)
    assert [event async for event in Acts.event_handlers[handler].fn(acts, *given)] == []
    assert (await viewer.get_state(Notices)).items[-1]["text"] == UNFIT
    assert (acts.busy, lesser.transport.requests) == ([], [])
