"""What came back over HTTP, and which error it means. Pure; every layer of a server writes its own shape."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
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
)

MESSAGE_LIMIT = 600
BY_STATUS: Mapping[int, type[RatchetError]] = {
    401: Forbidden,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    410: NotFound,
    429: Limited,
}
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
        except ValueError as error:
            told = "a web page" if self.is_page else "something that is not JSON"
            raise self.broken(f"The server answered with {told}; is its address right?") from error

    def broken(self, message: str) -> Broken:
        """Return the error for an answer that is not what the contract says."""
        return Broken(message, status=self.status, request_id=self.request_id)


def parse(body: bytes) -> JsonValue:
    """Return the JSON value of a body. Half a surrogate pair, which is no Unicode, is read as `?`.

    Raises:
        ValueError: it is not JSON.
    """
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


def failure(answer: Answer) -> RatchetError:
    """Return the error that an answer with a status outside 2xx means."""
    status = answer.status
    if answer.is_page and status not in (401, 403, 429):
        return answer.broken(_of_page(status))
    message, code, fields, named = _told(answer)
    return _class(status)(
        (message or _of_status(status))[:MESSAGE_LIMIT],
        status=status,
        request_id=named or answer.request_id,
        code=code,
        fields=fields,
        retry_after_s=retry_after_s(answer.retry_after),
    )


def retry_after_s(header: str, now: datetime | None = None) -> float | None:
    """Return the seconds of a `Retry-After` header: a number or a date (RFC 9110, 10.2.3)."""
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]+)?", header.strip()):
        return float(header)
    try:
        at = parsedate_to_datetime(header)
    except ValueError:
        return None
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (aware - (now or datetime.now(UTC))).total_seconds())


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
        text = " ".join(answer.body.decode("utf-8", "replace").split())
        return text, "", _fields_in_text(text), ""
    if not isinstance(value, dict):
        return (value if isinstance(value, str) else ""), "", {}, ""
    error = value.get("error")
    inner = error if isinstance(error, dict) else {"message": error, **value}
    detail = inner.get("details") or inner.get("detail") or inner.get("errors")
    fields = dict(_fields(detail))
    message = _text(inner.get("message")) or _text(detail) or _text(inner.get("title"))
    named = _text(inner.get("requestId")) or _text(inner.get("request_id"))
    return message or "; ".join(fields.values()), _text(inner.get("code")), fields, named


def _text(value: JsonValue) -> str:
    return value.strip() if isinstance(value, str) else ""


def _fields(detail: JsonValue) -> Iterator[tuple[str, str]]:
    """Walk `[{field, message}]`, `[{loc, msg}]` and `{field: message}`."""
    if isinstance(detail, dict):
        yield from ((name, str(told)) for name, told in detail.items())
    for entry in detail if isinstance(detail, list) else ():
        if isinstance(entry, dict):
            place = entry.get("loc")
            parts = [str(p) for p in place if p != "body"] if isinstance(place, list) else []
            name = _text(entry.get("field")) or _text(entry.get("path")) or ".".join(parts)
            yield name, _text(entry.get("message")) or _text(entry.get("msg"))


def _fields_in_text(text: str) -> dict[str, str]:
    found = PATH_IN_TEXT.search(text)
    return {found[1] or found[2]: text} if found else {}
