"""Test deliveries over HTTP: what is typed of a destination passes, secrets included, and is not kept."""

from collections.abc import Callable, Mapping
from http import HTTPStatus

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ratchet_web.api import Ratchet, RatchetError
from ratchet_web.live.bodies import UnreadError, json_of, unread
from ratchet_web.live.refusing import answered, refusal, refused
from ratchet_web.logic.work_texts import plain
from ratchet_web.models.destinations import DeliveryTest
from ratchet_web.models.servers import chosen

PATH = "/console/deliveries/test"
MOST_BYTES = 200_000
WHAT = "no destination"


def routes(clients: Callable[[Request], Mapping[str, Ratchet]]) -> list[Route]:
    """Return the route `POST /console/deliveries/test?server=`.

    It takes a `DeliveryTest` as JSON and answers with a `DeliveryTrial`; errors: `{message, fields,
    request_id}`, with the server's own 4xx, 400, 413 or 415 for nonsense, else 502.
    """

    async def test(request: Request) -> Response:
        servers = clients(request)
        server = chosen(servers, request.query_params.get("server", ""))
        if server is None:
            return refusal(404, "There is no such server", fields={})
        try:
            wanted = _read(await json_of(request, MOST_BYTES, WHAT))
            return answered((await servers[server].jobs.test_delivery(wanted)).model_dump(mode="json"))
        except UnreadError as error:
            return error.answer
        except RatchetError as error:
            return refused(error, fields=dict(error.fields))

    return [Route(PATH, test, methods=["POST"])]


def _read(value: object) -> DeliveryTest:
    try:
        return DeliveryTest.model_validate(value)
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False, include_context=False)
        fields = {".".join(map(str, each["loc"])): plain(each["msg"]) for each in found}
        raise unread(HTTPStatus.BAD_REQUEST, WHAT, plain(found[0]["msg"]), fields) from None
