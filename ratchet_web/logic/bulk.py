"""Rules of bulk runs: which acts there are, which rows they are for, how long they take."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from ratchet_web.logic.files import Csv
from ratchet_web.logic.filters import in_words
from ratchet_web.models.dialect import Pace
from ratchet_web.models.executions import Execution
from ratchet_web.models.jobs import Job, JobPriority
from ratchet_web.models.pages import Query
from ratchet_web.models.runs import Item
from ratchet_web.models.schedules import Schedule
from ratchet_web.models.tasks import Task

Row = Execution | Job | Schedule | Task
VERBS: Final[Mapping[str, tuple[str, ...]]] = {
    "jobs": ("cancel", "retry", "priority"),
    "executions": ("cancel", "retry"),
    "tasks": ("enable", "disable"),
    "schedules": ("enable", "disable"),
}
UNDOABLE: Final = ("enable", "disable", "priority")
PRIORITIES: Final = tuple(priority.value for priority in JobPriority if priority.known)
OPEN: Final = frozenset({"QUEUED", "PROCESSING", "RETRYING", "PENDING", "RUNNING"})
WAITING: Final = ("QUEUED", "RETRYING")
OVER: Final = frozenset({"COMPLETED", "FAILED", "CANCELLED"})
RETRIED: Final[Mapping[str, tuple[str, ...]]] = {"jobs": ("FAILED", "CANCELLED"), "executions": ("FAILED",)}
WORDS: Final[Mapping[str, str]] = {"PROCESSING": "running"}
# The state of a row that was named, and is not there.
GONE: Final = "GONE"
# How fast a run may be told to go, in rows a second: None as fast as it can, 0 not for now.
PACES: Final[Mapping[str, float | None]] = {"": None, "100": 100.0, "10": 10.0, "1": 1.0, "0": 0.0}
# Of more rows than this the number is typed before they are acted on.
TYPED_ABOVE: Final = 100
FIELDS: Final = ("id", "name", "was", "outcome", "note")
# Of rows that became jobs.
ROW_FIELDS: Final = ("row", "job", "was", "outcome", "note")


def is_act(noun: object, verb: object) -> bool:
    """Return whether there is such an act on many rows."""
    return isinstance(noun, str) and verb in VERBS.get(noun, ())


def is_value(verb: str, value: object) -> bool:
    """Return whether an act can set this; most set nothing."""
    return value in PRIORITIES if verb == "priority" else value == ""


def can_be_undone(verb: str) -> bool:
    """Return whether an act can be taken back, so that it waits a moment for that."""
    return verb in UNDOABLE


def state_of(row: Row) -> str:
    """Return the state of a row, on which it depends what can be done to it."""
    if isinstance(row, Job | Execution):
        return row.status.value
    return "ENABLED" if row.enabled else "DISABLED"


def name_of(row: Row) -> str:
    """Return the name by which a person knows a row, empty where it has none."""
    return (row.task_name or "") if isinstance(row, Job | Execution) else row.name


def word(state: str) -> str:
    """Return a state as it stands in a sentence."""
    return WORDS.get(state, state.lower())


def hindrance(noun: str, verb: str, state: str) -> str:
    """Return why a row in this state cannot be acted on; empty where it can."""
    if state == GONE:
        return "not there any more"
    if verb in ("enable", "disable"):
        return f"already {verb}d" if state == f"{verb.upper()}D" else ""
    if state not in OPEN | OVER:
        return "in a state that is not known"
    if verb == "cancel":
        return "" if state in OPEN else f"already {word(state)}"
    if verb == "priority":
        return "" if state in WAITING else f"{word(state)}, not waiting"
    wanted = RETRIED[noun]
    return "" if state in wanted else f"{word(state)}, not {' or '.join(map(word, wanted))}"


def has_value(row: Row, verb: str, value: str) -> bool:
    """Return whether a row has what an act is to set."""
    return verb == "priority" and isinstance(row, Job) and row.priority.value == value


def is_reached(noun: str, verb: str, state: str) -> bool:
    """Return whether a row is where the act was to bring it: an answer that was lost may have said so."""
    if verb == "priority":
        return False  # no state tells it
    if verb == "retry":
        return state not in RETRIED[noun]
    return state == ("CANCELLED" if verb == "cancel" else f"{verb.upper()}D")


def narrowing(query: Query, failure: str = "") -> str:
    """Return what a list is narrowed by, in words; empty where it is not.

    `failure` is what the failure is called that the query names, if it does.
    """
    so = {"fingerprint": f"failure “{failure}”"} if failure else {}
    return ", ".join(so.get(name) or _narrowed(name, getattr(query, name)) for name in query.narrows)


def _narrowed(name: str, value: object) -> str:
    match name:
        case "status":
            return word(str(value))
        case "enabled":
            return "enabled" if value else "disabled"
        case "q":
            return f"with “{value}” in the name"
    return in_words(name, value)


def needed_s(requests: int, pace: Pace) -> float:
    """Return the seconds that so many requests take at this pace."""
    return pace.held_s + max(0, requests - pace.at_once) / pace.per_s


def as_csv(items: Iterable[Item], fields: Sequence[str] = FIELDS) -> str:
    """Return items as CSV (RFC 4180); no cell is a formula to a spreadsheet."""
    file = Csv(fields)
    return file.begin + file.piece(_named(item, fields) for item in items)


def as_json_lines(items: Iterable[Item], fields: Sequence[str] = FIELDS) -> str:
    """Return items as a JSON object on each line."""
    return "".join(json.dumps(_named(item, fields), ensure_ascii=False) + "\n" for item in items)


def _named(item: Item, fields: Sequence[str]) -> dict[str, object]:
    return dict(zip(fields, item, strict=True))
