"""From JSON to models: the envelopes of the contract, and what servers make of them."""

import logging
from collections.abc import Sequence
from typing import Generic, NamedTuple, TypeVar

from pydantic import BaseModel, JsonValue, ValidationError

from ratchet_web.api.answers import Answer
from ratchet_web.models.base import Wire
from ratchet_web.models.pages import Page, Pagination

T = TypeVar("T", bound=BaseModel)
# Of no list more is read, whatever the server sends.
MOST_ROWS = 5_000
ID_CHARS = 200
# What a row is known by, where that is no id.
KEYS = {"LogLine": "seq", "TaskVersionHead": "revision"}
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


def page(answer: Answer, model: type[T], limit: int) -> Page[T]:
    """Return the rows of a list, in `{data: […], meta}` or bare: `limit` at most, each id once.

    An unusable row is left out and logged; `Page.ignored` then has `rows`, and `limit` where there were more
    than that. A total below the number of rows is not believed, nor one that is no count.

    Raises:
        Broken: it is no list.
    """
    payload = answer.payload()
    values = _listed(answer, payload)
    read = read_rows(values, model, limit)
    left_out = (("limit", len(values) > limit), ("rows", read.unusable))
    ignored = tuple(name for name, is_so in left_out if is_so)
    told = _pagination(payload)
    if told is None or told.total < len(read.rows):
        return Page(rows=read.rows, ignored=ignored)
    return Page(rows=read.rows, total=told.total, exact=told.total_exact, ignored=ignored)


def stats(answer: Answer, model: type[T]) -> T:
    """Return statistics, in `{stats: …}`, `{data: {stats: …}}` or bare."""
    value = data_of(answer.payload())
    inner = value.get("stats") if isinstance(value, dict) else None
    return _model(answer, inner if isinstance(inner, dict) else value, model)


class Read(NamedTuple, Generic[T]):
    """The rows that can be read, each id once, and how many cannot."""

    rows: tuple[T, ...]
    unusable: int


def read_rows(values: Sequence[JsonValue], model: type[T], most: int = MOST_ROWS) -> Read[T]:
    """Return the models of the first rows that can be read; one line of the log tells of the others."""
    found: dict[object, T] = {}
    unusable: list[object] = []
    for value in values:
        if len(found) == most or len(unusable) == MOST_ROWS:
            break
        try:
            row = model.model_validate(value)
        except ValidationError as error:
            unusable.append(error.errors(include_input=False)[:3])
            continue
        # A row that was sent twice is one row, as it was sent last.
        key = getattr(row, KEYS.get(model.__name__, "id"), None)
        if key is None or is_key(key):
            found[key] = row
        else:
            unusable.append("its id is none")
    if unusable:
        logger.warning("Left out %d of the rows as no %s: %s", len(unusable), model.__name__, unusable[0])
    return Read(tuple(found.values()), len(unusable))


def every(answer: Answer, model: type[T]) -> tuple[T, ...]:
    """Return the rows of a list that comes whole, in `{data: […]}` or bare; an unusable one is left out.

    Raises:
        Broken: it is no list.
    """
    return rows(_listed(answer, answer.payload()), model)


def _listed(answer: Answer, payload: JsonValue) -> list[JsonValue]:
    values = data_of(payload)
    if not isinstance(values, list):
        raise answer.broken("The server's list is not a list")
    return values


def rows(values: Sequence[JsonValue], model: type[T]) -> tuple[T, ...]:
    """Return the models of the rows that can be read."""
    return read_rows(values, model).rows


def is_key(value: object) -> bool:
    """Return whether a row can be told from others, and be asked for, by this."""
    if isinstance(value, str):
        return 0 < len(value) <= ID_CHARS and value.isprintable()
    return isinstance(value, int)


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
        read = model.model_validate(value)
    except ValidationError as error:
        raise answer.broken(f"The server's answer is no {model.__name__}") from error
    if (id := getattr(read, "id", None)) is not None and not is_key(id):
        raise answer.broken(f"The server's {model.__name__} has no usable id")
    return read


def _has_required(value: dict[str, JsonValue], model: type[BaseModel]) -> bool:
    needed = (name for name, field in model.model_fields.items() if field.is_required())
    return all(name in value or model.model_fields[name].alias in value for name in needed)
