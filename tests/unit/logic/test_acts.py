import pytest

from ratchet_web.logic.acts import can_cancel, can_retry, why_not_cancel, why_not_retry
from ratchet_web.models.executions import Execution
from ratchet_web.models.jobs import Job


@pytest.mark.parametrize(
    ("status", "cancel", "retry"),
    [
        ("PENDING", True, False),
        ("RUNNING", True, False),
        ("COMPLETED", False, False),
        ("FAILED", False, True),
        ("CANCELLED", False, False),
        ("SLEEPING", False, False),
    ],
)
def test_what_can_be_done_to_an_execution(status: str, cancel: bool, retry: bool) -> None:
    execution = Execution.model_validate({"id": "1", "status": status})
    assert (can_cancel(execution), can_retry(execution)) == (cancel, retry)


@pytest.mark.parametrize(
    ("status", "cancel", "retry"),
    [
        ("QUEUED", True, False),
        ("PROCESSING", True, False),
        ("RETRYING", True, False),
        ("COMPLETED", False, False),
        ("FAILED", False, True),
        ("CANCELLED", False, True),
        ("SLEEPING", False, False),
    ],
)
def test_what_can_be_done_to_a_job(status: str, cancel: bool, retry: bool) -> None:
    job = Job.model_validate({"id": "1", "status": status})
    assert (can_cancel(job), can_retry(job)) == (cancel, retry)


@pytest.mark.parametrize("status", ["PENDING", "COMPLETED", "FAILED", "CANCELLED", "SLEEPING"])
def test_what_cannot_be_done_has_a_reason(status: str) -> None:
    told = {"id": "1", "status": status}
    for work in (Execution.model_validate(told), Job.model_validate(told)):
        assert (why_not_cancel(work) is None) == can_cancel(work)
        assert (why_not_retry(work) is None) == can_retry(work)
        assert all(why.endswith(".") for why in (why_not_cancel(work), why_not_retry(work)) if why)


def test_a_status_of_the_server_that_we_do_not_know_can_still_be_cancelled() -> None:
    assert can_cancel(Execution.model_validate({"id": "1", "status": "SLEEPING", "canCancel": True}))
