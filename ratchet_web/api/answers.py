"""What came back over HTTP, and which error it means. Pure; every layer of a server writes its own shape."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from itertools import islice
from json import dumps, loads
from typing import cast

from pydantic import JsonValue
from pydantic_core import from_json

from ratchet_web.api.errors import (
    Broken,
    Conflict,
    Forbidden,
    Limited,
    NotFound,
    RatchetError,
    Refused,
    Stale,
)
from ratchet_web.api.wording import FIELD_LIMIT, FIELDS_LIMIT, LOOKED_AT, MESSAGE_LIMIT, plain, readable

ID_LIMIT = 100
# However long a server asks to be left alone: after this it is looked whether it is still so.
MOST_RETRY_AFTER_S = 600.0
# The code of a 429 that means what was asked for, and no limit of requests.
BUSY = "BUSY"
BY_STATUS: Mapping[int, type[RatchetError]] = {
    401: Forbidden,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    410: NotFound,
    412: Stale,
    429: Limited,
}
MOST_CONTAINERS = 500_000
# A text that does not end goes to the end, so that it is looked at once.
TEXTS_AND_CONTAINERS = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[\[{]', re.DOTALL)
# A Rust server's JSON reader: "target type: priority: unknown variant", "missing field `name`".
PATH_IN_TEXT = re.compile(r"target type: ([\w.\[\]]+): |(?:missing|unknown|duplicate) field `(\w+)`")


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer, read to its end."""

    status: int
    content_type: str
    body: bytes
    request_id: str
    retry_after: str = ""

    @property
    def is_page(self) -> bool:
        """Whether it is meant for people: a proxy's, mostly."""
        begins = self.body[:64].lstrip().lower()
        return "html" in self.content_type or begins.startswith((b"<!doctype", b"<html"))

    def payload(self) -> JsonValue:
        """Return the JSON that a good answer carries, None for an empty one.

        Raises:
            RatchetError: the answer is an error, or is not JSON.
        """
        if not 200 <= self.status < 300:
            raise failure(self)
        if not self.body.strip():
            return None
        try:
            return parse(self.body)
        except TooMuchError as error:
            raise self.broken(f"The server's answer {error}") from error
        except ValueError as error:
            told = "a web page" if self.is_page else "something that is not JSON"
            raise self.broken(f"The server answered with {told}; is its address right?") from error

    @property
    def is_busy(self) -> bool:
        """Whether only what was asked for has no room now, and no limit of requests was met."""
        return self.status == 429 and failure(self).code == BUSY

    def broken(self, message: str) -> Broken:
        """Return the error for an answer that is not what the contract says."""
        return Broken(message, status=self.status, request_id=self.request_id)


class TooMuchError(ValueError):
    """JSON that would take all memory, and all time of everybody, to be read."""


def parse(body: bytes) -> JsonValue:
    """Return the JSON value of a body. Half a surrogate pair, which is no Unicode, is read as `?`.

    Raises:
        TooMuchError: it holds more than `MOST_CONTAINERS` lists and objects.
        ValueError: it is not JSON.
    """
    if body.count(b"[") + body.count(b"{") > MOST_CONTAINERS and _is_too_much(body):
        raise TooMuchError(f"holds more than {MOST_CONTAINERS:,} lists and objects")
    try:
        return cast(JsonValue, from_json(body, allow_inf_nan=False))
    except ValueError:
        if rb"\ud" not in body.lower():
            raise
    try:
        whole = dumps(loads(body), ensure_ascii=False).encode("utf-8", "replace")
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return cast(JsonValue, from_json(whole, allow_inf_nan=False))


def _is_too_much(body: bytes) -> bool:
    """Whether there are too many lists and objects, those in texts not counted."""
    containers = (part for part in TEXTS_AND_CONTAINERS.finditer(body) if part[0] in b"[{")
    return next(islice(containers, MOST_CONTAINERS, None), None) is not None


def failure(answer: Answer) -> RatchetError:
    """Return the error that an answer with a status outside 2xx means."""
    status = answer.status
    if answer.is_page and status not in (401, 403, 429):
        return answer.broken(_of_page(status))
    message, code, fields, named = ("", "", {}, "") if answer.is_page else _told(answer)
    return _class(status)(
        message or _of_status(status),
        status=status,
        request_id=named or answer.request_id,
        code=code,
        fields=fields,
        retry_after_s=retry_after_s(answer.retry_after),
    )


def retry_after_s(header: str, now: datetime | None = None) -> float | None:
    """Return the seconds of a `Retry-After` header: a number or a date (RFC 9110, 10.2.3)."""
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]+)?", header.strip()):
        return min(float(header), MOST_RETRY_AFTER_S)
    try:
        at = parsedate_to_datetime(header)
    except (ValueError, OverflowError):
        return None
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max(0.0, (aware - (now or datetime.now(UTC))).total_seconds()), MOST_RETRY_AFTER_S)


def unanswered(answer: Answer, told: JsonValue) -> Broken:
    """Return the error of a GraphQL answer without data."""
    errors = told.get("errors") if isinstance(told, dict) else None
    first = errors[0] if isinstance(errors, list) and errors else None
    message = _text(first.get("message")) if isinstance(first, dict) else ""
    text = message or "The server's GraphQL answer has no data"
    return Broken(text, status=answer.status, request_id=answer.request_id, code="GRAPHQL")


def _class(status: int) -> type[RatchetError]:
    return BY_STATUS.get(status) or (Refused if 400 <= status < 500 else Broken)


def _of_page(status: int) -> str:
    return f"The server answered {status} with a web page instead of JSON; is its address right?"


def _of_status(status: int) -> str:
    if 300 <= status < 400:
        return f"The server redirects elsewhere ({status}); is its address right?"
    known = {401: "The server wants a token", 403: "The server does not allow this with this token"}
    known |= {404: "The server does not know this", 405: "This server does not offer this"}
    known |= {413: "This is larger than the server accepts", 429: "The server's request limit is reached"}
    phrase = HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else "unknown status"
    return known.get(status) or f"The server answered {status} ({phrase})"


def _told(answer: Answer) -> tuple[str, str, dict[str, str], str]:
    """Return message, code, fields and request id, as far as the body tells."""
    try:
        value = parse(answer.body)
    except ValueError:
        whole = answer.body[:LOOKED_AT].decode("utf-8", "replace")
        text = plain(whole) if readable(whole) else ""
        return text, "", _fields_in_text(text), ""
    if not isinstance(value, dict):
        return _text(value), "", {}, ""
    error = value.get("error")
    inner = error if isinstance(error, dict) else {"message": error, **value}
    detail = inner.get("details") or inner.get("detail") or inner.get("errors")
    fields = dict(islice(_fields(detail), FIELDS_LIMIT))
    message = _text(inner.get("message")) or _text(detail) or _text(inner.get("title"))
    named = _text(inner.get("requestId"), ID_LIMIT) or _text(inner.get("request_id"), ID_LIMIT)
    listed = plain("; ".join(told for told in fields.values() if told))
    return message or listed, _text(inner.get("code"), ID_LIMIT), fields, named


def _text(value: JsonValue, limit: int = MESSAGE_LIMIT) -> str:
    return plain(value, limit) if isinstance(value, str) else ""


def _fields(detail: JsonValue) -> Iterator[tuple[str, str]]:
    """Walk `[{field, message}]`, `[{loc, msg}]` and `{field: message}`."""
    if isinstance(detail, dict):
        yield from ((plain(name, ID_LIMIT), _words(told)) for name, told in detail.items())
    for entry in detail if isinstance(detail, list) else ():
        if isinstance(entry, dict):
            place = entry.get("loc")
            parts = place if isinstance(place, list) else []
            dotted = ".".join(str(part) for part in parts if isinstance(part, str | int) and part != "body")
            name = _text(entry.get("field")) or _text(entry.get("path")) or dotted
            yield plain(name, ID_LIMIT), _words(entry.get("message")) or _words(entry.get("msg"))


def _words(told: JsonValue) -> str:
    """Return what is said of a field, in a sentence or in several."""
    several = told if isinstance(told, list) else [told]
    return plain("; ".join(filter(None, map(_text, several))), FIELD_LIMIT)


def _fields_in_text(text: str) -> dict[str, str]:
    found = PATH_IN_TEXT.search(text)
    return {found[1] or found[2]: text} if found else {}
