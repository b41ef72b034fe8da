"""Everything in the record of acts that matches, over HTTP, as a file that the browser puts together."""

from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from itertools import islice
from typing import Any

from pydantic_core import to_json
from starlette.concurrency import iterate_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from ratchet_web.audit.journal import Journal
from ratchet_web.live.audit import UNSEEN
from ratchet_web.live.refusing import NEVER_KEPT, refusal
from ratchet_web.live.services import Services
from ratchet_web.logic.files import FORMS
from ratchet_web.models.acts import Act
from ratchet_web.models.audit import AuditQuery, Entry
from ratchet_web.models.servers import chosen

PATH = "/console/audit/export"
COLUMNS = tuple(Entry.model_fields)
BESIDE = ("format", "server")
PIECE = 500


def routes(own: Callable[[Request], Mapping[str, Services]], journal: Journal) -> list[Route]:
    """Return the route `GET /console/audit/export?format=csv|jsonl&server=&…`, the rest as in an address.

    Answers as `live/exports.py` does. 400 for nonsense, 403 to who may not see it, 404 for a strange server.
    """

    async def export(request: Request) -> Response:
        given, servers = dict(request.query_params), own(request)
        server = chosen(servers, given.get("server", ""))
        if server is None:
            return refusal(HTTPStatus.NOT_FOUND, "There is no such server")
        if not servers[server].person.may(Act.SEE_AUDIT):
            servers[server].recorder.forbidden(Act.SEE_AUDIT)
            return refusal(HTTPStatus.FORBIDDEN, UNSEEN)
        form = given.get("format", "")
        if form not in FORMS:
            return refusal(HTTPStatus.BAD_REQUEST, f"format must be one of {', '.join(FORMS)}")
        query, bad = AuditQuery.parse({k: v for k, v in given.items() if k not in BESIDE})
        if bad:
            return refusal(HTTPStatus.BAD_REQUEST, f"This is not understood: {', '.join(bad)}")
        frames = iterate_in_threadpool(_frames(journal.all(query, server), form))
        return StreamingResponse(frames, media_type="application/x-ndjson", headers=NEVER_KEPT)

    return [Route(PATH, export, methods=["GET"])]


def _frames(entries: Iterator[Entry], form: str) -> Iterator[bytes]:
    file, rows = FORMS[form](COLUMNS), 0
    yield _line({"text": file.begin, "rows": 0})
    while piece := list(islice(entries, PIECE)):
        rows += len(piece)
        yield _line({"text": file.piece(map(_row, piece)), "rows": rows})
    yield _line({"text": file.end, "rows": rows})
    yield _line({"rows": rows, "done": True})


def _row(entry: Entry) -> dict[str, Any]:
    return {**entry.model_dump(mode="json"), "ids": " ".join(entry.ids)}


def _line(frame: dict[str, object]) -> bytes:
    return to_json(frame) + b"\n"
