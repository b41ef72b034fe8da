"""Which log lines."""

from pydantic import AwareDatetime, Field

from ratchet_web.server.parameters.base import Parameters


class LogParameters(Parameters):
    """Which log lines, and whether to wait for more."""

    after: int = Field(0, ge=0, lt=1 << 53, description="Lines whose seq is above")
    limit: int = Field(500, ge=1, le=5_000, description="At most so many lines")
    tail: int | None = Field(None, ge=1, le=5_000, description="The last so many lines instead")
    since: AwareDatetime | None = Field(None, description="Lines from this time on (RFC 3339)")
    follow: bool = Field(False, description="Stream lines as they come (SSE)")
