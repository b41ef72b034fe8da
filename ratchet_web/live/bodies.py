"""What pages send over HTTP, read with care: JSON, and not too much of it."""

from http import HTTPStatus

from pydantic import JsonValue
from starlette.requests import Request
from starlette.responses import Response

from ratchet_web.live.refusing import refusal
from ratchet_web.logic.json_text import parsed


class UnreadError(Exception):
    """What came is not read; `answer` says why."""

    def __init__(self, answer: Response) -> None:
        super().__init__("not read")
        self.answer = answer


async def json_of(request: Request, most_bytes: int, what: str) -> JsonValue:
    """Return the value that was sent; `what` it should be, in words: `no draft`.

    Raises:
        UnreadError: it is no JSON, or has more bytes.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise unread(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, what, "it is not sent as JSON")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most_bytes:
            why = f"it is larger than {most_bytes / 1_000_000:g} MB"
            raise unread(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, what, why)
    try:
        return parsed(body.decode("utf-8-sig"))
    except ValueError as error:
        raise unread(HTTPStatus.BAD_REQUEST, what, f"it is not JSON: {error}") from None


def unread(status: int, what: str, why: str, fields: dict[str, str] | None = None) -> UnreadError:
    """Return the refusal of what was sent."""
    return UnreadError(refusal(status, f"This is {what}: {why}", fields=fields or {}))
