"""Which series."""

from typing import Annotated, Final, Literal

from pydantic import Field

from ratchet_web.models.jobs import Moment
from ratchet_web.server.parameters.base import Parameters, RowId

RESOLUTIONS_S: Final = {"1s": 1, "1m": 60, "15m": 900, "1h": 3_600, "6h": 21_600}


class SeriesParameters(Parameters):
    """The series of a chart: all that is kept, unless `from` and `to` say otherwise."""

    resolution: Literal["1s", "1m", "15m", "1h", "6h"] = Field("1m", description="Length of a bucket")
    since: Moment | None = Field(None, alias="from", description="First bucket (RFC 3339)")
    until: Moment | None = Field(None, alias="to", description="End, before which buckets begin")
    task_id: Annotated[RowId | None, Field(gt=0, description="Only this task")] = None
