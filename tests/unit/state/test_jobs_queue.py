"""What the queue's page is asked for: it comes from outside, so it may be anything."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from ratchet_web.api import Ratchet
from ratchet_web.live.services import Surroundings
from ratchet_web.state.jobs_queue import JobQueue
from ratchet_web.state.services import running
from tests.doubles.ratchet import FakeRatchet
from tests.doubles.rooms import MemoryRooms
from tests.unit.state.test_services import at


@pytest.fixture(autouse=True)
async def server() -> AsyncIterator[None]:
    api = Ratchet("http://prod.test", transport=FakeRatchet().transport)
    async with running({"prod": api}, Surroundings(MemoryRooms())):
        yield


async def explained(form: Any) -> tuple[str, str]:
    """Return the mistake that is told of a form, and where it leads."""
    state = await at("/jobs/queue?server=prod&task=3").get_state(JobQueue)
    state.task = "3"
    led = JobQueue.event_handlers["explain"].fn(state, form)
    return state.mistake, "" if led is None else str(led.args[0][1])


async def test_a_number_is_a_job_and_a_word_is_a_mistake() -> None:
    assert "/jobs/queue?task=3&job=12" in (await explained({"job": " #12 "}))[1]
    assert await explained({"job": "twelve"}) == ("Write the number of a job, such as 12.", "")


@pytest.mark.parametrize("form", [None, 5, "12", [], {}, {"job": None}, {"job": {"a": 1}}, {"job": ["1"]}])
async def test_what_is_no_form_chooses_none(form: Any) -> None:
    mistake, led = await explained(form)
    assert (mistake, "job=" in led, "task=3" in led) == ("", False, True)
