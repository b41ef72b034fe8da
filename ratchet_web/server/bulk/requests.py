"""From the body of a bulk request to what is to be done."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import orjson
from pydantic import JsonValue, ValidationError

from ratchet_web.logic.schemas import Fault
from ratchet_web.models.bulk import JobChangeArguments, NewBulk
from ratchet_web.server.bulk.resources import JOBS, Resource
from ratchet_web.server.columns import json_text
from ratchet_web.server.errors import InvalidError, faults_of, nearest
from ratchet_web.server.parameters.base import milliseconds
from ratchet_web.server.store.acts.base import Act
from ratchet_web.server.store.bulk import Selection
from ratchet_web.server.store.codes import PriorityCode


def act_of(resource: Resource, body: NewBulk) -> Act:
    """Return the act that a body names.

    Raises:
        InvalidError: the resource has no such action, or its arguments are wrong.
    """
    act = resource.acts.get(body.action)
    if act is None:
        raise InvalidError([Fault("action", f"{body.action} {nearest(body.action, list(resource.acts))}")])
    columns_of(resource.name, body.action, body.arguments)
    return act


def selection_of(resource: Resource, body: NewBulk, now_ms: int) -> Selection:
    """Return the rows that a body names.

    Raises:
        InvalidError: not exactly one of `filter` and `ids`, a filter that is wrong, an id that comes twice.
    """
    if (body.filter is None) == (body.ids is None):
        message = "is needed, or ids" if body.filter is None else "and ids exclude each other"
        raise InvalidError([Fault("filter", f"{message}; an empty filter means every row")])
    if body.ids is None:
        wanted = resource.parameters.of_filter(body.filter or {}).wanted(now_ms)
        return Selection(resource.listing, wanted)
    ids = [int(text) for text in body.ids]
    twice, times = Counter(ids).most_common(1)[0]
    if times > 1:
        raise InvalidError([Fault("ids", f"{twice} is given more than once")])
    return Selection(resource.listing, {}, ids)


def columns_of(resource: str, action: str, given: Mapping[str, JsonValue] | None) -> dict[str, Any]:
    """Return the arguments of an act as columns.

    Raises:
        InvalidError: an argument is wrong, is missing, or the action takes none.
    """
    if (resource, action) != (JOBS.name, "change"):
        if given:
            raise InvalidError(
                [Fault(f"arguments.{next(iter(given))[:100]}", f"{action} takes no arguments")]
            )
        return {}
    try:
        change = JobChangeArguments.model_validate(given or {})
    except ValidationError as error:
        raise InvalidError(faults_of(error.errors(), "arguments")) from None
    values = {name: getattr(change, name) for name in change.model_fields_set}
    if not values:
        raise InvalidError(
            [Fault("arguments", "names nothing to change: priority, maxRetries, scheduledFor")]
        )
    for name, field in (("priority", "priority"), ("max_retries", "maxRetries")):
        if name in values and values[name] is None:
            raise InvalidError([Fault(f"arguments.{field}", "must not be null")])
    if change.priority is not None:
        values["priority"] = PriorityCode[change.priority.name]
    if change.scheduled_for is not None:
        values["scheduled_for"] = milliseconds(change.scheduled_for)
    return values


def operation_columns(resource: Resource, body: NewBulk, who: str | None) -> dict[str, Any]:
    """Return the columns of the operation that a body asks for."""
    return {
        "resource": resource.name,
        "action": body.action,
        "filter": None if body.filter is None else json_text(body.filter, "filter"),
        "arguments": None if body.arguments is None else json_text(body.arguments, "arguments"),
        "reason": body.reason,
        "created_by": who,
        "rate_per_second": body.rate_per_second,
    }


def stored_columns(resource: str, action: str, arguments: str | None) -> dict[str, Any]:
    """Return the arguments of a stored operation as columns."""
    return columns_of(resource, action, None if arguments is None else orjson.loads(arguments))
