"""Tasks: JavaScript with an input and an output schema."""

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from pydantic import Field, JsonValue

from ratchet_web.models.base import Draft, Flag, Id, Wire
from ratchet_web.models.logs import LogLine
from ratchet_web.models.narrowing import Sought
from ratchet_web.models.pages import Query

NAME_PATTERN = r"^[A-Za-z0-9_-]{1,100}$"
VERSION_PATTERN = r"^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$"
SOURCE_LIMIT = 1_000_000


class Problem(Wire):
    """What is wrong with one field of a definition; `line` and `column` count from 1."""

    field: str = ""
    message: str = ""
    line: int | None = None
    column: int | None = None


class Task(Wire):
    """A task's definition."""

    id: Id
    uuid: str = ""
    name: str = ""
    description: str | None = None
    version: str = ""
    enabled: bool = True
    registry_source: bool = False
    source_code: str = ""
    input_schema: JsonValue = None
    output_schema: JsonValue = None
    metadata: JsonValue = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    validated_at: datetime | None = None
    validation_errors: tuple[Problem, ...] | None = None
    source_path: str | None = None
    in_sync: bool | None = None
    revision: int | None = None
    available_versions: tuple[str, ...] = ()


class NewTask(Draft):
    """`POST /tasks`. `source_code` is this server's addition to the contract."""

    name: str = Field(pattern=NAME_PATTERN)
    version: str = Field("1.0.0", pattern=VERSION_PATTERN, max_length=100)
    description: str | None = Field(None, max_length=10_000)
    enabled: Flag = True
    source_code: str = Field("", max_length=SOURCE_LIMIT)
    input_schema: JsonValue = None
    output_schema: JsonValue = None
    metadata: JsonValue = None


class TaskChange(Draft):
    """`PATCH /tasks/{id}`: what is absent stays as it is."""

    name: str | None = Field(None, pattern=NAME_PATTERN)
    version: str | None = Field(None, pattern=VERSION_PATTERN, max_length=100)
    description: str | None = Field(None, max_length=10_000)
    enabled: Flag | None = None
    source_code: str | None = Field(None, max_length=SOURCE_LIMIT)
    input_schema: JsonValue = None
    output_schema: JsonValue = None
    metadata: JsonValue = None


class InputCheck(Draft):
    """`POST /tasks/{id}/validate`: an input to look at without running anything."""

    input: JsonValue


class InputFault(Wire):
    """What is wrong or odd with an input; no `field`: with the whole of it."""

    field: str | None = None
    message: str = ""
    code: str = ""


class InputVerdict(Wire):
    """The answer to an `InputCheck`."""

    valid: bool = False
    errors: tuple[InputFault, ...] = ()
    warnings: tuple[InputFault, ...] = ()


class TaskVersionHead(Wire):
    """What a task was at one revision; `restored_from` is the older one that it was made from."""

    revision: int = 0
    current: bool = False
    created_at: datetime | None = None
    restored_from: int | None = None
    name: str = ""
    version: str = ""


class TaskVersion(TaskVersionHead):
    """One revision with all that it ran."""

    source_code: str = ""
    input_schema: JsonValue = None
    output_schema: JsonValue = None


class SourceCheck(Draft):
    """`POST /tasks/check`: a definition to look at without saving it."""

    source_code: str = Field("", max_length=SOURCE_LIMIT)
    input_schema: JsonValue = None
    output_schema: JsonValue = None


class TaskTrial(SourceCheck):
    """`POST /tasks/try`: a definition to run without saving it, and what to run it with."""

    input: JsonValue = None


class TrialEnd(Wire):
    """How a trial ended; `error_details` as an execution has them."""

    status: str = "FAILED"
    duration_ms: int | None = None
    output: JsonValue = None
    error_message: str | None = None
    error_details: JsonValue = None


class TrialNews(Wire):
    """What a trial tells at once: lines, how far it says it is, or its end."""

    lines: tuple[LogLine, ...] = ()
    progress: float | None = None
    note: str | None = None
    end: TrialEnd | None = None


class CheckResult(Wire):
    """The answer to a `SourceCheck`."""

    valid: bool = False
    errors: tuple[Problem, ...] = ()


class SyncFault(Wire):
    """A task of the directory that could not be read."""

    task_name: str = ""
    error: str = ""


class SyncReport(Wire):
    """What `POST /tasks/sync` did, by the names of the tasks."""

    added: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    errors: tuple[SyncFault, ...] = ()


class TaskStats(Wire):
    """How many tasks there are; None where the server does not say."""

    total_tasks: int | None = None
    enabled_tasks: int | None = None
    disabled_tasks: int | None = None
    registry_tasks: int | None = None
    database_tasks: int | None = None
    validation_errors: int | None = None
    last_sync: datetime | None = None


class TaskQuery(Query):
    """Which tasks."""

    SORTS: ClassVar = ("id", "name", "version", "enabled", "registry_source", "created_at", "updated_at")
    PATH: ClassVar = "/tasks"

    sort: str = "name"
    q: Sought | None = None
    enabled: bool | None = None

    def filters(self) -> dict[str, str]:
        """`name_like` finds the text anywhere in the name."""
        named = {"name_like": self.q} if self.q else {}
        return named if self.enabled is None else {**named, "enabled": str(self.enabled).lower()}

    def _passed(self, row: Task) -> Iterable[tuple[str, bool]]:
        yield "q", (self.q or "").lower() in row.name.lower()
        yield "enabled", self.enabled in (None, row.enabled)
