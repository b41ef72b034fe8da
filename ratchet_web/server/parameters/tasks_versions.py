"""Which versions of a task."""

from pydantic import Field

from ratchet_web.server.parameters.base import PAGE_LIMIT, Int, Parameters


class VersionParameters(Parameters):
    """Which versions of one task."""

    before: Int | None = Field(None, ge=1, lt=1 << 53, description="Versions whose revision is below")
    limit: Int = Field(25, ge=1, le=PAGE_LIMIT, description="At most so many versions")
