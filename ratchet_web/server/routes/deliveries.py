"""`/deliveries`."""

import orjson
from fastapi import Response

from ratchet_web.models.destinations import DeliveryTest, DeliveryTrial, OutputDestination
from ratchet_web.models.envelopes import One
from ratchet_web.server.acts import jobs
from ratchet_web.server.deliveries.destinations import FIELD, has_masks, kept
from ratchet_web.server.errors import InvalidError
from ratchet_web.server.routes import schedules
from ratchet_web.server.routes.base import Running, one, router
from ratchet_web.server.server import Server

routes = router("/deliveries")


@routes.post("/test", response_model=One[DeliveryTrial])
async def try_out(server: Running, body: DeliveryTest) -> Response:
    """Bring a sample to a destination now, and say what came of it. Nothing is created, no job is needed.

    A webhook is called once, for 5 seconds at most; a file is looked for, not written; a line is printed.
    """
    destination = await _whole(server, body)
    trial = await server.delivery_trials.make(destination, has_masks(body.destination))
    return one(trial.model_dump(mode="json", by_alias=True))


async def _whole(server: Server, body: DeliveryTest) -> OutputDestination:
    """Return the destination with the stored secrets that its masks stand for."""
    try:
        text = kept([body.destination], server.settings, await _stored(server, body))
    except InvalidError as error:
        first = f"{FIELD}.0"
        raise InvalidError(
            [fault._replace(path=fault.path.replace(first, "destination", 1)) for fault in error.details]
        ) from None
    return OutputDestination.model_validate(orjson.loads(text or "")[0])


async def _stored(server: Server, body: DeliveryTest) -> str | None:
    row = None
    if body.job_id is not None:
        row = await jobs.find(server, int(body.job_id))
    elif body.schedule_id is not None:
        row = await schedules.find(server, body.schedule_id)
    return row.destinations if row is not None else None
