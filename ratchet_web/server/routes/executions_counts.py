"""`/executions/counts`, `/executions/density`: how many executions match, by status and by time.

They take the filters of the list. Null where counting would hold up others.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Query, Response

from ratchet_web.logic.schemas import Fault
from ratchet_web.models.envelopes import One
from ratchet_web.models.executions import ExecutionCounts, ExecutionDensity
from ratchet_web.server import wire
from ratchet_web.server.errors import InvalidError
from ratchet_web.server.parameters.base import milliseconds
from ratchet_web.server.parameters.executions import CountParameters, DensityParameters
from ratchet_web.server.routes.base import Running, one, router
from ratchet_web.server.store.codes import ExecutionCode
from ratchet_web.server.store.lists.executions_counts import Span

routes = router("/executions")
MOST_BUCKETS = 500


@routes.get("/counts", response_model=One[ExecutionCounts])
async def counts(server: Running, parameters: Annotated[CountParameters, Query()]) -> Response:
    """Return how many executions match, by status; null where counting them would take too long."""
    found = await server.store.executions.counts(parameters.wanted(server.now_ms()))
    return one({name: None if found is None else found[code] for name, code in _named().items()})


@routes.get("/density", response_model=One[ExecutionDensity])
async def density(server: Running, parameters: Annotated[DensityParameters, Query()]) -> Response:
    """Return a column for each status, with how many were queued in each bucket; null as for the counts."""
    step_ms = parameters.step_s * 1000
    first, end = milliseconds(parameters.queued_after), milliseconds(parameters.queued_before) + 1
    starts = range(first // step_ms * step_ms, end, step_ms)
    if not starts:
        raise InvalidError([Fault("queued_before", "must not be before queued_after")])
    if len(starts) > MOST_BUCKETS:
        raise InvalidError([Fault("step_s", f"must leave at most {MOST_BUCKETS} buckets")])
    spans = [Span(max(start, first), min(start + step_ms, end)) for start in starts]
    found = await server.store.executions.density(parameters.wanted(server.now_ms()), spans)
    columns: Mapping[str, Any] = {
        name: None if found is None else [counts[code] for counts in found] for name, code in _named().items()
    }
    return one({"start": wire.instant(starts[0]), "stepS": parameters.step_s, **columns})


def _named() -> dict[str, ExecutionCode]:
    return {code.name.lower(): code for code in ExecutionCode}
