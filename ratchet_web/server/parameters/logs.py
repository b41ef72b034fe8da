"""Which log lines."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from ratchet_web.models.base import Instant
from ratchet_web.models.logs import LogLevel
from ratchet_web.server.parameters.base import Int, Parameters, Text

LIMIT = 5_000
SEARCH_CHARS = 200
_SEQ_LIMIT = 1 << 53

_SOUGHT = "Lines whose text holds this; the case of A to Z does not matter"

Sought = Annotated[Text, Field(min_length=1, max_length=SEARCH_CHARS)]


class LogParameters(Parameters):
    """Which log lines, and whether to wait for more."""

    after: Int = Field(0, ge=0, lt=_SEQ_LIMIT, description="Lines whose seq is above")
    before: Int | None = Field(
        None,
        ge=1,
        lt=_SEQ_LIMIT,
        description="Lines whose seq is below: without `after`, the last of them",
    )
    around: Int | None = Field(None, ge=1, lt=_SEQ_LIMIT, description="Lines before and after this seq")
    limit: Int = Field(500, ge=1, le=LIMIT, description="At most so many lines")
    tail: Int | None = Field(None, ge=1, le=LIMIT, description="The last so many lines instead")
    since: Instant | None = Field(None, description="Lines from this time on (RFC 3339)")
    level: LogLevel | None = Field(None, description="Lines of this level and above")
    search: Sought | None = Field(None, description=_SOUGHT)
    follow: bool = Field(False, description="Stream lines as they come (SSE)")

    @model_validator(mode="after")
    def _one_place(self) -> "LogParameters":
        places = {
            "after": self.after or None,
            "before": self.before,
            "around": self.around,
            "tail": self.tail,
        }
        given = [name for name, value in places.items() if value is not None]
        if len(given) > 1 and given != ["after", "before"]:
            raise ValueError(f"{' and '.join(given)} do not go together")
        if self.follow and (self.before or self.around):
            raise ValueError(f"{'before' if self.before else 'around'} and follow do not go together")
        return self


class MatchParameters(Parameters):
    """Which lines to look for in a log, and from where on."""

    search: Sought = Field(description=_SOUGHT)
    regex: bool = Field(False, description="`search` is a regular expression, as Python has them")
    after: Int = Field(0, ge=0, lt=_SEQ_LIMIT, description="Lines whose seq is above")
    level: LogLevel | None = Field(None, description="Lines of this level and above")


class DownloadParameters(Parameters):
    """In which form a whole log is written."""

    format: Literal["text", "jsonl"] = Field("text", description="Lines of text, or of JSON")
