"""How large a body may be, also one that comes without a length."""

from typing import Final

from starlette.exceptions import HTTPException
from starlette.types import Message, Receive

MOST_BYTES: Final = 12_000_000


def too_large(most_bytes: int) -> str:
    """Return the sentence that refuses a body."""
    return f"The body is too large: at most {most_bytes:,} bytes"


def limited(receive: Receive, most_bytes: int) -> Receive:
    """Return what receives a body, and raises `HTTPException` (413) once it has more bytes."""
    received = 0

    async def counted() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > most_bytes:
            raise HTTPException(413, too_large(most_bytes))
        return message

    return counted
