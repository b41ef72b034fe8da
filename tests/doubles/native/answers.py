"""The shapes of answers, one for each layer of the server."""

import json
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from tests.doubles.native.instants import rfc3339


class RefusalError(Exception):
    """Ends a request with an answer that is not good."""

    def __init__(self, answer: Response) -> None:
        super().__init__(answer.status_code, answer.body)
        self.answer = answer


class PanicError(Exception):
    """The server breaks down within a request: the connection is closed without an answer."""


def value(content: Any, status: int = 200) -> Response:
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return Response(body, status, media_type="application/json")


def one(row: Mapping[str, Any], status: int = 200) -> Response:
    return value({"data": row}, status)


def page(rows: list[dict[str, Any]], pagination: Mapping[str, Any], now_ns: int) -> Response:
    meta = {"pagination": pagination, "timestamp": rfc3339(now_ns)}
    return value({"data": rows, "meta": meta})


def done(message: str, **more: Any) -> Response:
    return value({"success": True, "message": message, **more})


def stats(numbers: Mapping[str, Any], now_ns: int) -> dict[str, Any]:
    return {"stats": numbers, "timestamp": rfc3339(now_ns), "period": None}


def text(status: int, sentence: str) -> Response:
    return Response(sentence, status, media_type="text/plain")


def empty(status: int, **headers: str) -> Response:
    return Response(b"", status, headers=headers or None)


def failed(status: int, code: str, message: str) -> Response:
    """Return the error of a handler."""
    return value({"error": {"code": code, "message": message, "status": status}}, status)


def layer_failed(status: int, code: str, message: str) -> Response:
    """Return the error of a layer before the handlers; it does not repeat the status."""
    return value({"error": {"code": code, "message": message}}, status)


def bad_request(message: str) -> RefusalError:
    return RefusalError(failed(400, "BAD_REQUEST", message))


def not_found(kind: str, id: str) -> RefusalError:
    return RefusalError(failed(404, "NOT_FOUND", f"{kind} with ID '{id}' not found"))


def database_error() -> RefusalError:
    return RefusalError(failed(500, "DATABASE_ERROR", "Database operation failed"))


def internal_error(message: str) -> RefusalError:
    return RefusalError(failed(500, "INTERNAL_ERROR", message))


def bad_query(message: str) -> RefusalError:
    return RefusalError(layer_failed(400, "BAD_REQUEST", f"Bad request: {message}"))
