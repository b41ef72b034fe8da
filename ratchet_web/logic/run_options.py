"""What a person chose for a run besides its input, read from what a browser sent."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field, JsonValue, ValidationError
from pydantic.alias_generators import to_camel

from ratchet_web.models.base import KnownWords
from ratchet_web.models.executions import NewExecution
from ratchet_web.models.jobs import JobPriority, Moment, NewJob


def _chosen(value: Any) -> Any:
    return None if value == "" else value


class RunOptions(KnownWords):
    """Priority, time and retries; `attempt` names the press of the button."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    attempt: str = Field("", max_length=64)
    priority: Annotated[JobPriority | None, BeforeValidator(_chosen)] = None
    scheduled_for: Annotated[Moment | None, BeforeValidator(_chosen)] = None
    max_retries: Annotated[Annotated[int, Field(ge=0, le=100)] | None, BeforeValidator(_chosen)] = None

    def chosen(self) -> dict[str, Any]:
        """Return the fields of a job that were chosen."""
        names = ("priority", "scheduled_for", "max_retries")
        return {name: value for name in names if (value := getattr(self, name)) is not None}

    def draft(self, task_id: str, input: JsonValue) -> NewJob | NewExecution:
        """Return what to create: a job where anything was chosen, else an execution, which begins at once."""
        if chosen := self.chosen():
            return NewJob(task_id=task_id, input=input, **chosen)
        return NewExecution(task_id=task_id, input=input)


def read_options(given: object) -> tuple[RunOptions, list[dict[str, str]]]:
    """Return the options, and what is wrong with them: `field` as the API names it, and `message`."""
    try:
        return RunOptions.model_validate(given if isinstance(given, Mapping) else {"options": given}), []
    except ValidationError as error:
        wrong = {to_camel(str(e["loc"][0])) if e["loc"] else "": e["msg"] for e in error.errors()}
        return RunOptions(), [{"field": field, "message": message} for field, message in wrong.items()]
