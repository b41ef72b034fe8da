"""The other enabled schedules of a server, read for the preview of one."""

from ratchet_web.api import Ratchet, RatchetError
from ratchet_web.logic.cron_load import Timed
from ratchet_web.logic.cron_preview import Others
from ratchet_web.models.schedules import Schedule, ScheduleQuery

# So many are read at once, and so many at all.
ROWS, MOST = 100, 200


async def others_than(api: Ratchet, id: str) -> Others:
    """Return the enabled schedules but the one with this id; what cannot be read is said."""
    found: list[Schedule] = []
    total: int | None = None
    try:
        for page in range(1, MOST // ROWS + 1):
            read = await api.schedules.page(ScheduleQuery(enabled=True, limit=ROWS, page=page, sort="id"))
            total = read.total if read.exact else None
            found += [row for row in read.rows if row.enabled]
            if len(read.rows) < ROWS:
                break
    except RatchetError as error:
        return Others(trouble=str(error))
    mine = any(row.id == id for row in found)
    known = [Timed(row.name, row.cron_expression, row.time_zone) for row in found if row.id != id]
    return Others(known, total - mine if total is not None else None)
