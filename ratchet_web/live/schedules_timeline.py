"""The timeline of schedules over HTTP: what ran by the server, and what is due by their expressions."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ratchet_web.api import Ratchet, RatchetError
from ratchet_web.live.log_requests import Clients, told
from ratchet_web.live.refusing import refusal, refused
from ratchet_web.logic.cron_times import Buckets, Due, due
from ratchet_web.logic.schedules_load import understood
from ratchet_web.models.dialect import Ability
from ratchet_web.models.schedules import Schedule, ScheduleLane, ScheduleQuery, ScheduleRuns
from ratchet_web.models.servers import chosen

PATH: Final = "/console/schedules/timeline"
MOST_LANES, MOST_BUCKETS = 200, 500
MOST_S, LATEST_S = 100 * 86_400, 7_000_000_000
# How often a page may look; a server that answers few requests is spared.
OFTEN_S, SPARING_S = 10, 60
TOO_MANY: Final = "There are too many past runs to count in this time: zoom in."
Lane = dict[str, object]


class Schedules(NamedTuple):
    """The first schedules by name, and how many there are; None where the server does not say."""

    rows: Sequence[Schedule]
    total: int | None


def routes(clients: Clients) -> list[Route]:
    """Return the route `GET /console/schedules/timeline?from=&to=&bucket=&server=`.

    Times are in seconds since 1970, as the length of a bucket is; there are 500 buckets and 100 days at most.
    Answers `{now, start, bucket, buckets, every, total, past, lanes}`: `every` is after how many seconds a
    page may look again, `past` why nothing is known of past runs, or null. A lane is `{id, name, when, zone,
    enabled, past, coming}`: both are columns, with `at`, the number of the bucket, and `n`; `past` also
    `failed`, `open`, and, where a cell holds one run, `job`, `begin` and `end`; `coming` the `first` time
    that is due. `coming` is null where the expression is not understood. Errors: 400, the server's own 4xx,
    502 for everything else, as `{message, request_id}`.
    """

    async def timeline(request: Request) -> Response:
        servers = clients(request)
        server = chosen(servers, request.query_params.get("server", ""))
        if server is None:
            return refusal(404, "There is no such server")
        try:
            asked = _asked(request)
        except ValueError as error:
            return refusal(400, str(error))
        try:
            return told(await _read(servers[server], asked))
        except RatchetError as error:
            return refused(error)

    return [Route(PATH, timeline, methods=["GET"])]


def _asked(request: Request) -> Buckets:
    first, end, step = (_number(request, name) for name in ("from", "to", "bucket"))
    if not 1 <= step <= MOST_S:
        raise ValueError("bucket must be 1 second to 100 days")
    if end > LATEST_S or not first < end <= first + MOST_S:
        raise ValueError("from and to must be a stretch of at most 100 days, in seconds since 1970")
    number = -(-(end - first) // step)
    if number > MOST_BUCKETS:
        raise ValueError(f"bucket must leave at most {MOST_BUCKETS} buckets")
    return Buckets(first, step, number)


def _number(request: Request, name: str) -> int:
    given = request.query_params.get(name, "")
    if not (given.isascii() and given.isdecimal() and len(given) <= 12):
        raise ValueError(f"{name} must be a whole number of seconds")
    return int(given)


async def _read(api: Ratchet, buckets: Buckets) -> dict[str, object]:
    # Which dialect it speaks decides how often it may be asked.
    dialect = await api.dialect()
    now_s = int(time.time())
    schedules, runs = await asyncio.gather(_schedules(api), _past(api, buckets, now_s))
    past = {lane.schedule_id: lane for lane in runs.lanes or ()}
    return {
        "now": now_s,
        "start": buckets.start_s,
        "bucket": buckets.step_s,
        "buckets": buckets.number,
        "every": SPARING_S if dialect.limited else OFTEN_S,
        "total": schedules.total,
        "past": None if runs.lanes is not None else dialect.cannot.get(Ability.SCHEDULE_RUNS, TOO_MANY),
        # In a thread: hundreds of schedules take longer than others should wait.
        "lanes": await asyncio.to_thread(_lanes, schedules.rows, past, now_s, buckets),
    }


async def _schedules(api: Ratchet) -> Schedules:
    rows, total, number = list[Schedule](), None, 1
    while len(rows) < MOST_LANES:
        page = await api.schedules.page(ScheduleQuery(limit=100, page=number))
        rows += page.rows
        total, number = page.total, number + 1
        if len(page.rows) < 100 or (total is not None and len(rows) >= total):
            break
    return Schedules(rows[:MOST_LANES], total)


async def _past(api: Ratchet, buckets: Buckets, now_s: int) -> ScheduleRuns:
    if buckets.start_s > now_s:
        return ScheduleRuns(lanes=())
    since, until = (datetime.fromtimestamp(at_s, UTC) for at_s in (buckets.start_s, buckets.end_s))
    return await api.schedules.runs(since, until, buckets.step_s)


def _lane(schedule: Schedule, past: ScheduleLane | None, coming: Mapping[int, Due] | None) -> Lane:
    cells = sorted((coming or {}).items())
    return {
        "id": schedule.id,
        "name": schedule.name,
        "when": schedule.cron_words or schedule.cron_expression,
        "zone": schedule.time_zone,
        "enabled": schedule.enabled,
        "past": _columns(past) if past is not None else None,
        "coming": None
        if coming is None
        else {
            "at": [bucket for bucket, _ in cells],
            "n": [cell.times for _, cell in cells],
            "first": [cell.first_s for _, cell in cells],
        },
    }


def _columns(lane: ScheduleLane) -> Mapping[str, object] | None:
    columns = (lane.buckets, lane.counts, lane.failed, lane.open, lane.job_ids, lane.begins_ms, lane.ends_ms)
    # A server may send nonsense: columns of different lengths are no cells.
    if len({len(column) for column in columns}) != 1:
        return None
    return {
        "at": lane.buckets,
        "n": lane.counts,
        "failed": lane.failed,
        "open": lane.open,
        "job": lane.job_ids,
        "begin": [_seconds(at_ms) for at_ms in lane.begins_ms],
        "end": [_seconds(at_ms) for at_ms in lane.ends_ms],
    }


def _seconds(at_ms: int | None) -> float | None:
    return None if at_ms is None else at_ms / 1000


def _lanes(
    schedules: Sequence[Schedule], past: Mapping[str, ScheduleLane], now_s: int, buckets: Buckets
) -> list[Lane]:
    return [_lane(each, past.get(each.id), _coming(each, now_s, buckets)) for each in schedules]


def _coming(schedule: Schedule, now_s: int, buckets: Buckets) -> Mapping[int, Due] | None:
    timing = understood(schedule.cron_expression, schedule.time_zone) if schedule.enabled else None
    if timing is None:
        return None if schedule.enabled else {}
    return due(*timing, now_s, buckets)
