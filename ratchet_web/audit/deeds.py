"""What the record says of a deed: which rows and fields it is about, and never what was put into them."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel

from ratchet_web.api.acting import Deed
from ratchet_web.api.errors import RatchetError, Unreachable
from ratchet_web.models.acts import Act
from ratchet_web.models.audit import Result
from ratchet_web.models.bulk import BulkAct

# Which right each verb needs; one that is not here is for admins alone.
ACTS: Final[Mapping[tuple[str, str], Act]] = {
    ("tasks", "create"): Act.EDIT_TASK,
    ("tasks", "change"): Act.EDIT_TASK,
    ("tasks", "restore"): Act.EDIT_TASK,
    ("tasks", "try_out"): Act.EDIT_TASK,
    ("tasks", "enable"): Act.SWITCH_TASK,
    ("tasks", "disable"): Act.SWITCH_TASK,
    ("tasks", "delete"): Act.DELETE_TASK,
    ("executions", "create"): Act.RUN_TASK,
    ("executions", "cancel"): Act.CANCEL_EXECUTION,
    ("executions", "retry"): Act.RETRY_EXECUTION,
    ("jobs", "create"): Act.RUN_TASK,
    ("jobs", "change"): Act.CHANGE_JOB,
    ("jobs", "cancel"): Act.CANCEL_JOB,
    ("jobs", "retry"): Act.RETRY_JOB,
    ("jobs", "redeliver"): Act.DELIVER_AGAIN,
    ("jobs", "test_delivery"): Act.TEST_DELIVERY,
    ("schedules", "create"): Act.EDIT_SCHEDULE,
    ("schedules", "change"): Act.EDIT_SCHEDULE,
    ("schedules", "enable"): Act.SWITCH_SCHEDULE,
    ("schedules", "disable"): Act.SWITCH_SCHEDULE,
    ("schedules", "trigger"): Act.TRIGGER_SCHEDULE,
    ("schedules", "delete"): Act.DELETE_SCHEDULE,
    ("failures", "judge"): Act.JUDGE_FAILURE,
    ("pauses", "begin"): Act.PAUSE_QUEUE,
    ("pauses", "end"): Act.PAUSE_QUEUE,
}
_BULK: Final = {"priority": "change"}


def act_of(deed: Deed) -> Act | None:
    """Return the right that a deed needs; None where nobody has said it, which is for admins alone."""
    if deed.noun == "bulk" and deed.verb == "start" and isinstance(deed.args[0], BulkAct):
        told = deed.args[0]
        return ACTS.get((told.resource, _BULK.get(told.action, told.action)))
    if deed.noun == "bulk" and deed.verb in ("pace", "abort"):
        return Act.CANCEL_JOB
    if deed.noun == "pauses" and deed.args and deed.args[0]:
        return Act.PAUSE_TASK
    return ACTS.get((deed.noun, deed.verb))


def about(deed: Deed) -> dict[str, Any]:
    """Return the fields of an entry that are known before the deed is done."""
    draft = next((each for each in deed.args if isinstance(each, BaseModel)), None)
    ids = deed.args[:1] if deed.args and isinstance(deed.args[0], str) else ()
    told: dict[str, Any] = {"noun": deed.noun, "verb": deed.verb, "ids": ids}
    if deed.noun == "failures" and deed.args[1:]:
        told["verb"] = str(deed.args[1])  # what was decided: `resolve failures`
    if deed.noun == "pauses":
        told |= {"ids": ids or ("queue",), "reason": str(getattr(draft, "reason", "") or "")}
    elif draft is not None:
        told["note"] = _fields_of(draft)
    return told


def after(deed: Deed, answer: Any) -> dict[str, Any]:
    """Return what is known of it once it is done: the id of what was made."""
    made = getattr(answer, "id", None)
    is_new = deed.verb in ("create", "trigger", "retry") and isinstance(made, str)
    if not is_new:
        return {}
    first = deed.args[0] if deed.args and isinstance(deed.args[0], str) else None
    return {"ids": (made,)} if first in (None, made) else {"note": f"made {made}"}


def failed(deed: Deed, error: BaseException) -> dict[str, Any]:
    """Return what is known of a deed that was not done, or of which that is not known.

    What a server says of a draft may repeat what is in it: then only what kind of no it was is kept.
    """
    if not isinstance(error, RatchetError):
        return {"result": Result.UNKNOWN, "note": "broken off"}
    carries_text = any(not isinstance(each, str | int | None) for each in deed.args)
    note = _kind_of(error) if carries_text else f"{error.title}: {error}"
    return {"result": _result_of(error), "note": note, "request_id": error.request_id}


def _result_of(error: RatchetError) -> Result:
    if isinstance(error, Unreachable):
        return Result.UNKNOWN if error.unanswered else Result.FAILED
    return Result.REFUSED if error.status and 400 <= error.status < 500 else Result.FAILED


def _kind_of(error: RatchetError) -> str:
    named = ", ".join(sorted(error.fields)[:20])
    return f"{error.title}{f': {named}' if named else ''}"


def _fields_of(draft: BaseModel) -> str:
    """Return the task that it is about, and the names of the fields that it sets."""
    task = getattr(draft, "task_id", None)
    names = ", ".join(sorted(draft.model_fields_set - {"task_id"}))
    return "; ".join(filter(None, (f"task {task}" if task else "", names)))
