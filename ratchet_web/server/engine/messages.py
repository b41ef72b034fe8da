"""Messages between the server and its workers: JSON behind its length in bytes."""

import asyncio
import json
import struct
from collections.abc import Callable
from typing import Any

LENGTH_BYTES = 4
# What the fork server reports: a process and its exit code, or that it was forked.
REPORT = struct.Struct("<ii")
FORKED = 1 << 16
NOT_FORKED = -1

Message = dict[str, Any]


class GarbledError(Exception):
    """The other side sent what it never should; the message says what."""


def pack(message: Message) -> bytes:
    """Return the bytes of one message."""
    return pack_json(json.dumps(message, ensure_ascii=False))


def pack_json(text: str) -> bytes:
    """Return the bytes of a message that is JSON already."""
    body = text.encode("utf-8", "surrogatepass")
    return len(body).to_bytes(LENGTH_BYTES, "little") + body


async def read_message(
    reader: asyncio.StreamReader, limit_bytes: Callable[[], int] = lambda: 1 << 32
) -> Message | None:
    """Return the next message; None when the other side is gone.

    Raises:
        GarbledError: it is longer than the limit, or no JSON object.
    """
    try:
        length = int.from_bytes(await reader.readexactly(LENGTH_BYTES), "little")
        if length > limit_bytes():
            raise GarbledError(f"a message of {length} bytes")
        message = json.loads(await reader.readexactly(length))
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    except (ValueError, RecursionError) as error:
        raise GarbledError("a message that is no JSON") from error
    if not isinstance(message, dict):
        raise GarbledError("a message that is no object")
    return message
