"""Errors in the contract's shape: `{"error": {code, message, status, requestId, details}}`."""

import logging
from collections.abc import Sequence
from difflib import get_close_matches
from http import HTTPStatus
from math import ceil
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from ratchet_web.logic.schemas import Fault
from ratchet_web.server.store.errors import Unavailable

log = logging.getLogger(__name__)

_CODES = {
    400: "BAD_REQUEST",
    401: "UNAUTHORIZED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    409: "CONFLICT",
    413: "PAYLOAD_TOO_LARGE",
    415: "UNSUPPORTED_MEDIA_TYPE",
    421: "MISDIRECTED_REQUEST",
    429: "RATE_LIMITED",
    503: "SERVICE_UNAVAILABLE",
}
_MESSAGES = {
    404: "There is nothing at {path}: the API is at /api/v1, its description at /docs",
    405: "{method} is not possible at {path}",
}


class ApiError(Exception):
    """An answer other than success."""

    def __init__(self, status: int, message: str, details: Sequence[Fault] = (), code: str = "") -> None:
        super().__init__(message)
        self.status, self.details = status, details
        self.code = code or _CODES[status]
        self.headers: dict[str, str] = {}


class MissingError(ApiError):
    """404: there is no such row."""

    def __init__(self, noun: str, given: str, field: str = "") -> None:
        message = f"There is no {noun} {given[:40]}"
        super().__init__(404, message, [Fault(field, message)] if field else ())


class ConflictError(ApiError):
    """409: the row's state forbids it."""

    def __init__(self, message: str, details: Sequence[Fault] = ()) -> None:
        super().__init__(409, message, details)


class ForbiddenError(ApiError):
    """403: who asks may not do this."""

    def __init__(self, message: str) -> None:
        super().__init__(403, message)


class UnauthenticatedError(ApiError):
    """401: nobody knows who asks. `reason` is a word of RFC 6750, section 3.1, where a token was sent."""

    def __init__(self, message: str, reason: str = "") -> None:
        super().__init__(401, message)
        self.headers["www-authenticate"] = "Bearer" + (f' error="{reason}"' if reason else "")


class TooOftenError(ApiError):
    """429: wait before the next try."""

    def __init__(self, message: str, wait_s: float) -> None:
        super().__init__(429, message)
        self.headers["retry-after"] = str(max(ceil(wait_s), 1))


class BusyError(TooOftenError):
    """429: this operation alone has no room now; whoever asks is within every limit of requests."""

    def __init__(self, message: str, wait_s: float) -> None:
        super().__init__(message, wait_s)
        self.code = "BUSY"


class LeftError(ApiError):
    """Nobody is there any more to hear an answer; 499 stands in the figures."""

    def __init__(self) -> None:
        super().__init__(499, "Whoever asked has left", code="LEFT")


class InvalidError(ApiError):
    """400: fields of the body or the query are wrong."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        first = f"{faults[0].path} {faults[0].message}" if faults else "The request is not valid"
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        super().__init__(400, first + more, faults, "VALIDATION_ERROR")


def error_body(error: ApiError, request_id: str) -> bytes:
    """Return the JSON of an error."""
    details = [{"field": fault.path, "message": fault.message} for fault in error.details]
    shape = {"code": error.code, "message": str(error), "status": error.status, "requestId": request_id}
    return orjson.dumps({"error": {**shape, "details": details}})


def nearest(name: str, known: Sequence[str]) -> str:
    """Return a sentence that says which of the known names was meant, or all of them."""
    spelled = {word.lower(): word for word in known}
    close = get_close_matches(name.lower(), spelled, n=1, cutoff=0.6)
    if close:
        return f"is not known; did you mean {spelled[close[0]]}?"
    return (
        f"is not known; known are {', '.join(sorted(known))}"
        if known
        else "is not known; there are none here"
    )


def faults_of(errors: Sequence[Any], field: str) -> list[Fault]:
    """Return what pydantic found wrong with an object inside a body; `field` leads each name."""
    return [_fault({**error, "loc": ("body", field, *error["loc"])}) for error in errors]


def install(app: FastAPI) -> None:
    """Make every refusal of this application take the contract's shape."""
    app.add_exception_handler(ApiError, _refuse)
    app.add_exception_handler(RequestValidationError, _refuse_body)
    app.add_exception_handler(HTTPException, _refuse_http)
    app.add_exception_handler(Unavailable, _refuse_unavailable)
    # Starlette sends this and raises the error on, so that `edge.py` logs it.
    app.add_exception_handler(Exception, _admit)


async def refusal(request: Request, error: ApiError | HTTPException | Unavailable) -> Response:
    """Return the answer that an error means."""
    if isinstance(error, ApiError):
        return await _refuse(request, error)
    return await (_refuse_http if isinstance(error, HTTPException) else _refuse_unavailable)(request, error)


async def _refuse(request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)
    body = error_body(error, request.scope.get("request_id", ""))
    return Response(body, error.status, error.headers, media_type="application/json")


async def _refuse_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status = error.status_code
    template = _MESSAGES.get(status, str(error.detail))
    message = template.format(path=request.url.path[:200], method=request.method)
    refusal = ApiError(status, message, code=_CODES.get(status) or HTTPStatus(status).name)
    answer = await _refuse(request, refusal)
    answer.headers.update(error.headers or {})
    return answer


async def _refuse_unavailable(request: Request, error: Exception) -> Response:
    log.warning("%s %s: %s", request.method, request.url.path, error)
    answer = await _refuse(request, ApiError(503, str(error)))
    answer.headers["retry-after"] = "1"
    return answer


async def _admit(request: Request, _error: Exception) -> Response:
    return await _refuse(request, ApiError(500, "The server made a mistake", code="INTERNAL_ERROR"))


async def _refuse_body(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    if any(fault["type"] == "json_invalid" for fault in error.errors()):
        reason = error.errors()[0].get("ctx", {}).get("error", "")
        return await _refuse(request, ApiError(400, f"The body is not JSON: {reason}"))
    if isinstance(error.body, bytes):
        return await _refuse(request, ApiError(415, "Send the body as content-type application/json"))
    known = request.scope.get("body_fields", ())
    return await _refuse(request, InvalidError([_fault(fault, known) for fault in error.errors()]))


def _fault(fault: Any, known: Sequence[str] = ()) -> Fault:
    # The first part says where (body, query, path); what follows is the field.
    where, *parts = fault["loc"]
    path = ".".join(str(part) for part in parts) or str(where)
    match fault["type"]:
        case "recursion_loop" | "recursion_depth_exceeded":
            return Fault(str(parts[0]), "is nested too deeply")
        case "missing":
            return Fault(path, "is required")
        case "extra_forbidden":
            # Which names a part of a body may have is not told here.
            return Fault(path, nearest(path[:100], known) if known and len(parts) == 1 else "is not known")
        case "value_error":
            return Fault(path, str(fault["ctx"]["error"]))
        case "string_pattern_mismatch":
            return Fault(path, f"must match {fault['ctx']['pattern']}")
    # "Input should be…": the field, which stands before it, is named better by its own name.
    message: str = fault["msg"].removeprefix("Input ")
    return Fault(path, message[:1].lower() + message[1:])
