"""Messages between the server and its workers: JSON behind its length in bytes."""

import asyncio
import json
import struct
from typing import Any

LENGTH_BYTES = 4
# What the fork server reports: a process and its exit code, or that it was forked.
REPORT = struct.Struct("<ii")
FORKED = 1 << 16
NOT_FORKED = -1

Message = dict[str, Any]


def pack(message: Message) -> bytes:
    """Return the bytes of one message."""
    return pack_json(json.dumps(message, ensure_ascii=False))


def pack_json(text: str) -> bytes:
    """Return the bytes of a message that is JSON already."""
    body = text.encode("utf-8", "surrogatepass")
    return len(body).to_bytes(LENGTH_BYTES, "little") + body


async def read_message(reader: asyncio.StreamReader) -> Message | None:
    """Return the next message; None when the other side is gone."""
    try:
        length = int.from_bytes(await reader.readexactly(LENGTH_BYTES), "little")
        message: Message = json.loads(await reader.readexactly(length))
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    return message
