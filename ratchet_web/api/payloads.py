"""Payloads of executions as text."""

import asyncio

from pydantic_core import to_json

from ratchet_web.api.executions import Payload
from ratchet_web.models.executions import Execution


async def payload_of(execution: Execution, name: Payload) -> bytes:
    """Return a payload that was read already as JSON, written aside: a long one takes a while."""
    return await asyncio.to_thread(to_json, getattr(execution, name))
