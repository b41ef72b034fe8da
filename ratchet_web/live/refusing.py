"""How the routes of data say no: as JSON, never kept."""

from collections.abc import Mapping
from http import HTTPStatus

from starlette.responses import JSONResponse

from ratchet_web.api import RatchetError

NEVER_KEPT = {"cache-control": "no-store"}


def refusal(status: int, message: str, request_id: str = "", **more: object) -> JSONResponse:
    """Return `{message, request_id, …}`."""
    told = {"message": message, "request_id": request_id, **more}
    return JSONResponse(told, status_code=status, headers=NEVER_KEPT)


def refused(error: RatchetError, message: str = "", **more: object) -> JSONResponse:
    """Return what a server's error becomes: its own 4xx, 502 for everything else."""
    return refusal(status_of(error), message or str(error), error.request_id, **more)


def status_of(error: RatchetError) -> int:
    """Return the status by which a server's error is passed on."""
    return error.status if error.status and 400 <= error.status < 500 else HTTPStatus.BAD_GATEWAY


def answered(told: Mapping[str, object]) -> JSONResponse:
    """Return an answer that nobody keeps."""
    return JSONResponse(told, headers=NEVER_KEPT)
