"""From JSON to models: the envelopes of the contract, and what servers make of them."""

import logging
from collections.abc import Iterable
from typing import TypeVar

from pydantic import BaseModel, JsonValue, ValidationError

from ratchet_web.api.answers import Answer
from ratchet_web.models.base import Wire
from ratchet_web.models.pages import Page, Pagination

T = TypeVar("T", bound=BaseModel)
logger = logging.getLogger(__name__)


def one(answer: Answer, model: type[T]) -> T:
    """Return the one object of an answer, in `{data: …}` or bare.

    Raises:
        Broken: there is none.
    """
    return _model(answer, data_of(answer.payload()), model)


def after_act(answer: Answer, model: type[T], key: str = "") -> T | None:
    """Return the row that the answer to an act carries, None where it only says `success`.

    `key` names where some servers hide it: `data.job`.
    """
    value = data_of(answer.payload())
    if isinstance(value, dict) and isinstance(value.get(key), dict):
        value = value[key]
    if not isinstance(value, dict) or "id" not in value:
        return None
    return _model(answer, value, model)


def page(answer: Answer, model: type[T]) -> Page[T]:
    """Return the rows of a list, in `{data: […], meta}` or bare. An unusable row is left out and logged.

    A total below the number of rows is not believed.

    Raises:
        Broken: it is no list.
    """
    payload = answer.payload()
    values = data_of(payload)
    if not isinstance(values, list):
        raise answer.broken("The server's list is not a list")
    found = tuple(rows(values, model))
    told = _pagination(payload)
    if told is None or told.total < len(found):
        return Page(rows=found)
    return Page(rows=found, total=told.total, exact=told.total_exact)


def stats(answer: Answer, model: type[T]) -> T:
    """Return statistics, in `{stats: …}`, `{data: {stats: …}}` or bare."""
    value = data_of(answer.payload())
    inner = value.get("stats") if isinstance(value, dict) else None
    return _model(answer, inner if isinstance(inner, dict) else value, model)


def rows(values: Iterable[JsonValue], model: type[T]) -> Iterable[T]:
    """Yield the models that can be read, log the others."""
    for value in values:
        try:
            yield model.model_validate(value)
        except ValidationError as error:
            logger.warning("Left out a %s: %s", model.__name__, error.errors(include_input=False)[:3])


def data_of(payload: JsonValue) -> JsonValue:
    """Return what is inside the envelope."""
    return payload["data"] if isinstance(payload, dict) and "data" in payload else payload


def meta_of(payload: JsonValue) -> dict[str, JsonValue]:
    """Return `meta` of a list, empty where there is none."""
    meta = payload.get("meta") if isinstance(payload, dict) else None
    return meta if isinstance(meta, dict) else {}


def _pagination(payload: JsonValue) -> Pagination | None:
    pagination = meta_of(payload).get("pagination")
    if not isinstance(pagination, dict) or "total" not in pagination:
        return None
    return Pagination.model_validate(pagination)


def _model(answer: Answer, value: JsonValue, model: type[T]) -> T:
    if not isinstance(value, dict) or (issubclass(model, Wire) and not _has_required(value, model)):
        raise answer.broken(f"The server's answer is no {model.__name__}")
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise answer.broken(f"The server's answer is no {model.__name__}") from error


def _has_required(value: dict[str, JsonValue], model: type[BaseModel]) -> bool:
    needed = (name for name, field in model.model_fields.items() if field.is_required())
    return all(name in value or model.model_fields[name].alias in value for name in needed)
