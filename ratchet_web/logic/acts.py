"""What can be done to an execution or a job, and why not."""

from ratchet_web.models.executions import Execution, ExecutionStatus
from ratchet_web.models.jobs import Job, JobStatus

STOPPABLE = (
    ExecutionStatus.PENDING,
    ExecutionStatus.RUNNING,
    JobStatus.QUEUED,
    JobStatus.PROCESSING,
    JobStatus.RETRYING,
)
OVER = {"COMPLETED": "has completed", "FAILED": "has failed", "CANCELLED": "is cancelled"}


def can_cancel(work: Execution | Job) -> bool:
    """Only what is not over can be cancelled."""
    return why_not_cancel(work) is None


def can_retry(work: Execution | Job) -> bool:
    """Only a failed execution can be retried; a job also when it was cancelled."""
    return why_not_retry(work) is None


def why_not_cancel(work: Execution | Job) -> str | None:
    """Return why it cannot be cancelled, as a sentence; None if it can."""
    if work.status in STOPPABLE:
        return None
    if isinstance(work, Execution) and not work.status.known and work.can_cancel:
        return None  # the server knows a status that we do not
    return f"This {_noun(work)} {OVER.get(work.status, 'is in a state that we do not know')}."


def why_not_retry(work: Execution | Job) -> str | None:
    """Return why it cannot be retried, as a sentence; None if it can."""
    noun = _noun(work)
    if work.status == "FAILED" or (isinstance(work, Job) and work.status is JobStatus.CANCELLED):
        return None
    if work.status in STOPPABLE:
        return f"This {noun} is not over yet."
    if work.status == "CANCELLED":
        return "A cancelled execution cannot be retried; run its task anew."
    if work.status == "COMPLETED":
        return f"This {noun} has completed; run its task anew."
    return f"This {noun} is in a state that we do not know."


def _noun(work: Execution | Job) -> str:
    return "execution" if isinstance(work, Execution) else "job"
