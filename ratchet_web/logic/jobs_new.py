"""A job as a form sends it. Pure."""

from collections.abc import Mapping

from pydantic import JsonValue, ValidationError

from ratchet_web.logic.work_texts import plain
from ratchet_web.models.jobs import NewJob

# What a form chooses besides task and input, as the API names it.
CHOSEN = frozenset({"priority", "scheduledFor", "maxRetries", "retryPolicy", "outputDestinations"})


def read_job(task_id: str, input: JsonValue, given: object) -> tuple[NewJob | None, list[dict[str, str]]]:
    """Return the job, or what is wrong with it: `field` as the API names it, and `message`."""
    if not isinstance(given, Mapping) or not given.keys() <= CHOSEN:
        return None, [{"field": "", "message": "This form is not understood: load the page again"}]
    chosen = {name: value for name, value in given.items() if value is not None}
    try:
        return NewJob.model_validate({"taskId": task_id, "input": input, **chosen}), []
    except ValidationError as error:
        wrong = {".".join(map(str, each["loc"])): plain(each["msg"]) for each in error.errors()}
        return None, [{"field": field, "message": message} for field, message in wrong.items()]
