"""`/jobs/counts`: how many jobs match, by status. It takes the filters of the list."""

from typing import Annotated

from fastapi import Query, Response

from ratchet_web.models.envelopes import One
from ratchet_web.models.jobs import JobCounts
from ratchet_web.server.parameters.jobs import JobFilters
from ratchet_web.server.routes.base import Running, one, router
from ratchet_web.server.store.codes import JobCode

routes = router("/jobs")


@routes.get("/counts", response_model=One[JobCounts])
async def counts(server: Running, parameters: Annotated[JobFilters, Query()]) -> Response:
    """Return how many jobs match, by status; null where counting them would take too long."""
    found = await server.store.jobs.counts(parameters.wanted(server.now_ms()))
    return one({code.name.lower(): None if found is None else found[code] for code in JobCode})
