"""What distinguishes an attempt from the one before it."""

from dataclasses import dataclass

from ratchet_web.models.executions import Execution


@dataclass(frozen=True)
class Difference:
    """How an attempt differs from the one before.

    `longer_ms`: so much longer it ran, None where nobody knows. `error`: "same", "other", "new" (only it
    failed), "gone" (only the one before did), empty where neither did or it is not over.
    """

    input_changed: bool
    version: str
    longer_ms: int | None
    error: str


def difference(before: Execution, after: Execution, *, one_job: bool = False) -> Difference:
    """Return how `after` differs from `before`; attempts of one job (`one_job`) have one input."""
    return Difference(
        input_changed=not one_job and before.input != after.input,
        version=_version(before, after),
        longer_ms=_longer(before, after),
        error=_error(before, after),
    )


def _version(before: Execution, after: Execution) -> str:
    """Return the step from one version to the other in words; empty where it is the same or not known."""
    if before.task_revision is not None and after.task_revision is not None:
        if before.task_revision == after.task_revision:
            return ""
        names = (f"{each.task_version} (revision {each.task_revision})" for each in (before, after))
        return " → ".join(names)
    if before.task_version and after.task_version and before.task_version != after.task_version:
        return f"{before.task_version} → {after.task_version}"
    return ""


def _longer(before: Execution, after: Execution) -> int | None:
    if before.duration_ms is None or after.duration_ms is None:
        return None
    return after.duration_ms - before.duration_ms


def _error(before: Execution, after: Execution) -> str:
    if after.completed_at is None and after.error_message is None:
        return ""
    if not before.error_message:
        return "new" if after.error_message else ""
    if not after.error_message:
        return "gone"
    return "same" if before.error_message == after.error_message else "other"
