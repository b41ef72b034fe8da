"""Signing in and out over HTTP. A page opens anew then: a socket keeps the cookie that it was opened with."""

import json
import math
from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import parse_qsl

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ratchet_web.access.cookies import Cookies
from ratchet_web.access.pace import Pace
from ratchet_web.access.people import People
from ratchet_web.api import Broken, Conflict, Forbidden, Limited, NotFound, RatchetError, Unreachable
from ratchet_web.audit.actor import actor
from ratchet_web.audit.journal import Journal
from ratchet_web.logic.addresses import back_to, sign_in_address
from ratchet_web.models.audit import Result
from ratchet_web.models.servers import chosen
from ratchet_web.models.users import Login

LOGIN, LOGOUT = "/console/login", "/console/logout"
BODY_MOST = 16_384
WRONG = "The user name or the password is wrong."
NO_LOGIN = (
    "This server has no login that the console could use. Whoever runs the console can let everybody in with"
    " its own token (RATCHET_WEB_AUTH=none), or switch the server's login on."
)


def routes(
    people: People, cookies: Cookies, pace: Pace | None = None, journal: Journal | None = None
) -> list[Route]:
    """Return the routes `POST /console/login` and `POST /console/logout`.

    The first takes `{username, password, server, next}`, as JSON or as a form, and answers `{to}`, the
    address of the page to open, with the cookie. Errors are `{message}`: 400 for nonsense, 401 for a wrong
    name or password, 404 for a strange server, 409 where the server has no login, 413, 429 with
    `Retry-After`, 502 where the server cannot be asked. The second ends the session on all servers.
    """
    tries, record = pace or Pace(), Record(journal or Journal())

    async def login(request: Request) -> Response:
        given = await _fields(request)
        if isinstance(given, int):
            return _refusal(given, "This is no sign-in.")
        server, name = chosen(people.servers, given.get("server", "")), given.get("username", "").strip()
        if server is None:
            return _refusal(404, "This console knows no such server.")
        address = request.client.host if request.client else ""
        if wait_s := tries.wait_s(address):
            record.refused(server, name, "too many tries")
            return _too_often(wait_s)
        old_id = cookies.id_in(request.headers.get("cookie", ""))
        try:
            wanted = Login(username=name, password=given.get("password", ""))
            id = await people.sign_in(server, wanted, old_id)
        except ValidationError:
            record.refused(server, name, WRONG)
            return _refusal(401, WRONG)
        except RatchetError as error:
            record.refused(server, name, WRONG if error.status == 401 else error.title, error.request_id)
            return _failed(error)
        await record.signed_in(server, name)
        tries.forgive(address)
        answer = JSONResponse({"to": back_to(given.get("next"), server)})
        cookies.give(request, answer, id, people.sessions.longest_s)
        return answer

    async def logout(request: Request) -> Response:
        id = cookies.id_in(request.headers.get("cookie", ""))
        session = people.sessions.of(id)
        seats = [*session.seats.values()] if session else []
        people.sessions.sign_out(id)
        await people.sessions.settled()
        for seat in seats:
            await record.signed_out(seat.server, seat.account.username)
        server = request.query_params.get("server", "")
        answer = JSONResponse({"to": sign_in_address(server if server in people.servers else "", "/")})
        cookies.take(request, answer)
        return answer

    return [Route(LOGIN, login, methods=["POST"]), Route(LOGOUT, logout, methods=["POST"])]


class Record:
    """What is written down of signing in and out, and of tries."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    async def signed_in(self, server: str, name: str) -> None:
        """Write that somebody signed in."""
        await self._journal.write(server=server, who=name, verb="sign_in")

    async def signed_out(self, server: str, name: str) -> None:
        """Write that somebody signed out."""
        await self._journal.write(server=server, who=name, verb="sign_out")

    def refused(self, server: str, name: str, why: str, request_id: str = "") -> None:
        """Write that somebody, by the name that was typed, was not let in."""
        told = {"note": why, "result": Result.REFUSED, "request_id": request_id}
        # Names are made up as fast as requests are sent: it is the address that a flood comes from.
        self._journal.note(sender=actor().address, server=server, who=name, verb="sign_in", **told)


async def _fields(request: Request) -> Mapping[str, str] | int:
    """Return the fields of a request as texts, or the status that refuses it."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_MOST:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        if kind == "application/json":
            told = json.loads(body)
        elif kind == "application/x-www-form-urlencoded":
            told = dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=20))
        else:
            return HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    except (ValueError, RecursionError):
        return HTTPStatus.BAD_REQUEST
    fits = isinstance(told, dict) and all(isinstance(value, str) for value in told.values())
    return told if fits else HTTPStatus.BAD_REQUEST


def _failed(error: RatchetError) -> JSONResponse:
    match error:
        case Forbidden(status=401):
            return _refusal(401, WRONG)
        case Limited():
            return _too_often(error.retry_after_s or 5.0)
        case Conflict() | NotFound() | Broken(code="AUTH_ERROR"):
            return _refusal(409, NO_LOGIN)
        case Unreachable():
            return _refusal(502, f"{error}. Nothing was checked; try again in a moment.")
        case _:
            return _refusal(502, f"The server did not let anybody sign in: {error}")


def _too_often(wait_s: float) -> JSONResponse:
    wait = math.ceil(wait_s)
    unit = "second" if wait == 1 else "seconds"
    answer = _refusal(429, f"There were too many tries. Wait {wait} {unit} before the next.")
    answer.headers["retry-after"] = str(wait)
    return answer


def _refusal(status: int, message: str) -> JSONResponse:
    return JSONResponse({"message": message}, status_code=status, headers={"cache-control": "no-store"})
