"""Errors that one worker tells another: they are the same at both ends, as far as people see."""

from typing import Any

from ratchet_web.api import Conflict, Forbidden, NotFound, RatchetError, Refused, Unreachable

KINDS = {kind.__name__: kind for kind in (Conflict, Forbidden, NotFound, Refused)}


def told(error: RatchetError) -> dict[str, Any]:
    """Return an error as JSON."""
    return {
        "kind": error.kind,
        "message": error.message,
        "status": error.status,
        "code": error.code,
        "request_id": error.request_id,
    }


def raised(told: dict[str, Any]) -> RatchetError:
    """Return the error that was told."""
    message, id = told["message"], told["request_id"]
    if told["kind"] == Unreachable.__name__:
        return Unreachable(message, request_id=id)
    kind = KINDS.get(told["kind"], RatchetError)
    return kind(message, status=told["status"], code=told["code"], request_id=id)
