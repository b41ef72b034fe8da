"""What a worker says, checked: it runs other people's code, and a hole in V8 would let that speak for it."""

from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from ratchet_web.models.logs import LogLevel
from ratchet_web.server.engine.errors import TaskError
from ratchet_web.server.engine.limits import REQUEST_CHARS
from ratchet_web.server.engine.messages import GarbledError, Message


def _whole(text: str) -> str:
    # Raises a ValueError for half surrogate pairs, which neither UTF-8 nor the database takes.
    text.encode()
    return text


Count = Annotated[int, Field(ge=0, lt=1 << 53)]
Text = Annotated[str, AfterValidator(_whole)]


class _Report(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")


class LineReport(_Report):
    """A log line; `time` in ms since 1970, `fields` the text of a JSON object."""

    level: LogLevel
    text: Text
    time: Count
    fields: Text | None = None


class ProgressReport(_Report):
    """How far the task is, from 0 to 1."""

    value: Annotated[float, Field(ge=0, le=1)]
    note: Annotated[Text, Field(max_length=4_000)] | None


class SaidReport(_Report):
    """Lines and progress since the last one; `dropped`: lines and characters beyond the limits so far."""

    lines: list[LineReport]
    progress: ProgressReport | None
    dropped: list[Count] | None = Field(min_length=2, max_length=2)


class RequestReport(_Report):
    """A `fetch` that the task asks for."""

    id: Count
    url: Annotated[Text, Field(max_length=REQUEST_CHARS)]
    method: Annotated[Text, Field(max_length=100)]
    headers: dict[Text, Text]
    redirect: Annotated[Text, Field(max_length=100)]
    body: Text | None


class ErrorReport(_Report):
    """A `TaskError`."""

    name: Annotated[Text, Field(max_length=1_000)]
    message: Annotated[Text, Field(max_length=100_000)]
    stack: Annotated[Text, Field(max_length=200_000)]
    line: Count | None
    column: Count | None


class EndReport(_Report):
    """How the task ended."""

    output: Text | None
    error: ErrorReport | None
    dropped: Annotated[list[Count], Field(min_length=2, max_length=2)]
    duration_ms: Count

    def task_error(self) -> TaskError | None:
        """Return the error, None where there was none."""
        return None if self.error is None else TaskError(**self.error.model_dump())


Report = TypeVar("Report", bound=_Report)


def checked(kind: type[Report], message: object) -> Report:
    """Return a message as what it should be.

    Raises:
        GarbledError: it is something else.
    """
    try:
        return kind.model_validate(message)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in fault["loc"])
        raise GarbledError(f"{where or 'a message'}: {fault['msg']}") from error


def operation(message: Message) -> str:
    """Return what kind of message it is.

    Raises:
        GarbledError: it does not say.
    """
    kind = message.get("op")
    if not isinstance(kind, str):
        raise GarbledError("a message without its kind")
    return kind
