"""What a person typed of a schedule: read from the form, compared with what the server has."""

import re
from collections.abc import Mapping
from typing import Any, Final

from ratchet_web.logic import work_texts
from ratchet_web.logic.cron import CronError, normalise
from ratchet_web.logic.json_text import parsed
from ratchet_web.logic.work_texts import NAMES
from ratchet_web.logic.zones import ZoneError, zone_of
from ratchet_web.models.destinations import MASK
from ratchet_web.models.jobs import JobPriority
from ratchet_web.models.schedules import MisfirePolicy, Schedule
from ratchet_web.state.tasks_edit_form import pretty

# In the order of the page, with the names that it gives them.
FIELDS: Final = {
    "name": "Name",
    "description": "Description",
    "cron_expression": "Cron expression",
    "time_zone": "Time zone",
    "enabled": "State",
    "misfire_policy": "Missed runs",
    "allow_overlap": "Overlap",
    "priority": "Priority",
    "max_retries": "Retries",
    "retry_policy": "Retry policy",
    "output_destinations": "Output destinations",
    "input": "Input",
}
# What every server keeps of a schedule.
ALWAYS: Final = frozenset({"name", "description", "cron_expression", "enabled"})
NAME_LIMIT, RETRIES_LIMIT = 100, 100
_BASE = re.compile(r"t[0-9T:.+Z-]{0,40}")
_FLAGS = {"true": True, "false": False}

NEW: Final = Schedule(
    id="", cron_expression="0 0 9 * * *", time_zone="", allow_overlap=False, max_retries=3, input=None
)


def shown(schedule: Schedule, secret: str = MASK) -> dict[str, str]:
    """Return the fields of a schedule as the form shows them; `secret` stands for one that was typed."""
    return {
        "name": schedule.name,
        "description": schedule.description or "",
        "cron_expression": schedule.cron_expression,
        "time_zone": schedule.time_zone,
        "enabled": str(schedule.enabled).lower(),
        "misfire_policy": schedule.misfire_policy.value,
        "allow_overlap": str(bool(schedule.allow_overlap)).lower(),
        "priority": schedule.priority.value,
        "max_retries": str(3 if schedule.max_retries is None else schedule.max_retries),
        "retry_policy": work_texts.policy_text(schedule.retry_policy),
        "output_destinations": work_texts.destinations_text(schedule.output_destinations, secret),
        "input": pretty(schedule.input),
    }


def fields_of(form: Mapping[str, str], keeps_all: bool) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the fields of a draft, and what is wrong with which; `keeps_all`: the server has them all.

    What is wrong with the retry policy or the destinations stands under the places of the API.
    """
    read: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name in FIELDS:
        if name not in form or not (keeps_all or name in ALWAYS):
            continue
        try:
            read[name] = _READ[name](form[name].strip())
        except ValueError as error:
            errors |= work_texts.faults(name, error) if name in NAMES else {name: _sentence(str(error))}
    return read, errors


def changed(form: Mapping[str, str], fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return those fields of a draft that were changed; all where the form does not say."""
    names = {name.split(":")[0] for name in form["changed"].split()} if "changed" in form else {*FIELDS}
    return {name: value for name, value in fields.items() if name in names}


def base_of(schedule: Schedule) -> str:
    """Return what a change to this schedule is made from: the time of its last change."""
    return f"t{schedule.updated_at.isoformat()}" if schedule.updated_at else "t"


def is_base(text: str) -> bool:
    """Return whether `base_of` could have given this."""
    return _BASE.fullmatch(text) is not None


def differences(
    theirs: Schedule, mine: Mapping[str, Any], secret: str = work_texts.ANOTHER
) -> list[dict[str, str]]:
    """Return which fields of a change differ from what the server has: `{name, label, theirs, mine}`.

    What was typed of a secret differs from every mask; as `secret` says, of which there is nothing to see.
    """
    before, after = shown(theirs), shown(theirs.model_copy(update=dict(mine)), secret)
    return [
        {"name": name, "label": label, "theirs": before[name], "mine": after[name]}
        for name, label in FIELDS.items()
        if name in mine and before[name] != after[name]
    ]


def not_kept(sent: Mapping[str, Any], schedule: Schedule) -> list[str]:
    """Return the names of what the server did not take over from a draft, as the page calls them."""
    return [each["label"].lower() for each in differences(schedule, sent, MASK)]


def _name(text: str) -> str:
    if not text:
        raise ValueError("give it a name by which people find it")
    if len(text) > NAME_LIMIT:
        raise ValueError(f"a name has {NAME_LIMIT} characters at most, not {len(text)}")
    return text


def _cron(text: str) -> str:
    try:
        return normalise(text)
    except CronError as error:
        raise ValueError(str(error)) from error


def _zone(text: str) -> str:
    try:
        return zone_of(text).key
    except ZoneError as error:
        raise ValueError(str(error)) from error


def _flag(text: str) -> bool:
    if text not in _FLAGS:
        raise ValueError("choose one of the two")
    return _FLAGS[text]


def _misfire(text: str) -> MisfirePolicy:
    if not MisfirePolicy(text).known:
        raise ValueError("choose one of the two")
    return MisfirePolicy(text)


def _priority(text: str) -> JobPriority:
    if not JobPriority(text).known:
        raise ValueError("choose one of the list")
    return JobPriority(text)


def _retries(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 3 and int(text) <= RETRIES_LIMIT):
        raise ValueError(f"write a whole number from 0 to {RETRIES_LIMIT}")
    return int(text)


def _input(text: str) -> Any:
    try:
        return parsed(text)
    except ValueError as error:
        raise ValueError(f"this is not JSON: {error}") from error


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


_READ: Final = {
    "name": _name,
    "description": lambda text: text or None,
    "cron_expression": _cron,
    "time_zone": _zone,
    "enabled": _flag,
    "misfire_policy": _misfire,
    "allow_overlap": _flag,
    "priority": _priority,
    "max_retries": _retries,
    **work_texts.READ,
    "input": _input,
}
