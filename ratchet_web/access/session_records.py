"""How a session lies in Redis: its record is sealed, and what opens it is in its browser's cookie alone."""

import base64
import hashlib
import json
import logging
import time
from typing import Any, Final

from cryptography.fernet import Fernet, InvalidToken

from ratchet_web.access.sessions import Session

# Clocks of machines differ so much at most.
AHEAD_S: Final = 300.0
logger = logging.getLogger(__name__)


def told_of(session: Session) -> dict[str, Any]:
    """Return what is kept of a session; `_take_in` of `SharedSessions` reads it."""
    return {
        "began_at": session.began_at,
        "names": session.names,
        "seats": {
            server: {
                "account": seat.account.model_dump(mode="json"),
                "token": seat.token,
                "ends_at": seat.ends_at,
                "space": seat.space,
            }
            for server, seat in session.seats.items()
        },
    }


def seal_of(id: str) -> Fernet:
    """Return what opens the record of a session: made of its id, which Redis never sees."""
    secret = hashlib.blake2b(id.encode("utf-8", "replace"), digest_size=32, person=b"ratchet-web")
    return Fernet(base64.urlsafe_b64encode(secret.digest()))


def opened(seal: Fernet, sealed: bytes) -> dict[str, Any] | None:
    """Return what is kept of a session; None where this does not open it."""
    try:
        told: dict[str, Any] = json.loads(seal.decrypt(sealed))
    except (InvalidToken, ValueError):
        logger.warning("The record of a session in Redis cannot be opened")
        return None
    return told


def record_key(key: bytes) -> str:
    """Return where a session lies."""
    return f"ratchet-web:session:{key.hex()}"


def use_key(key: bytes) -> str:
    """Return where the time of its last use lies."""
    return f"ratchet-web:used:{key.hex()}"


def end_key(key: bytes) -> str:
    """Return where it says that it is over."""
    return f"ratchet-web:ended:{key.hex()}"


def time_of(told: bytes | None, otherwise: float) -> float:
    """Return when a session was used, as Redis tells it; `otherwise` where that is lost or makes no sense."""
    try:
        used_at = float(told or 0)
    except ValueError:
        return otherwise
    return used_at if 0 < used_at <= time.time() + AHEAD_S else otherwise
