"""A typed async client of any Ratchet server."""

from ratchet_web.api.client import Ratchet
from ratchet_web.api.errors import (
    Broken,
    Cause,
    Conflict,
    Forbidden,
    Limited,
    NotApplied,
    NotFound,
    RatchetError,
    Refused,
    Stale,
    Unreachable,
)

__all__ = [
    "Broken",
    "Cause",
    "Conflict",
    "Forbidden",
    "Limited",
    "NotApplied",
    "NotFound",
    "Ratchet",
    "RatchetError",
    "Refused",
    "Stale",
    "Unreachable",
]
