"""A change of a job that waits, as a form sends it: read, and held against what the job is by now. Pure."""

from collections.abc import Mapping
from datetime import datetime

from ratchet_web.logic.run_options import read_options
from ratchet_web.models.jobs import WAITING, Job, JobChange, JobPriority, JobStatus

NAMES = ("priority", "scheduled_for", "max_retries")
NO_NUMBER = "Write a whole number from 0 to 100"
_STATES = {
    JobStatus.QUEUED: "waits",
    JobStatus.RETRYING: "failed and waits for its next attempt",
    JobStatus.PROCESSING: "runs by now",
    JobStatus.COMPLETED: "has completed by now",
    JobStatus.FAILED: "has failed by now",
    JobStatus.CANCELLED: "was cancelled meanwhile",
}


def read_change(given: object) -> tuple[JobChange, list[dict[str, str]]]:
    """Return the change, and what is wrong with it: `field` as the API names it, and `message`.

    An empty time means now.
    """
    if isinstance(given, Mapping) and not given.keys() <= set(NAMES):
        return JobChange(), [{"field": "", "message": "This cannot be changed"}]
    chosen, wrong = read_options(given)
    named = chosen.model_fields_set
    if "max_retries" in named and chosen.max_retries is None:
        wrong = [*wrong, {"field": "maxRetries", "message": NO_NUMBER}]
    if "priority" in named and chosen.priority is None:
        wrong = [*wrong, {"field": "priority", "message": "Choose one"}]
    return JobChange(**{name: getattr(chosen, name) for name in named}), wrong


def base_of(job: Job) -> dict[str, str]:
    """Return what can be changed of a job as texts, as a form keeps what it was begun from."""
    told = job.model_dump(mode="json", include=set(NAMES))
    return {name: "" if told[name] is None else str(told[name]) for name in NAMES}


def came_between(base: object, job: Job) -> str:
    """Return what became of a job since a form was begun from `base`; empty where nothing did."""
    if job.status not in WAITING:
        return f"Nothing was changed: job {job.id} {state_of(job)}."
    known, now = base if isinstance(base, Mapping) else {}, base_of(job)
    news = [_words(name, job) for name in NAMES if known.get(name) != now[name]]
    if not news:
        return ""
    return f"Nothing was changed yet: meanwhile {' and '.join(news)}. Save again to put yours in its place."


def state_of(job: Job) -> str:
    """Return what a job does, as it follows its name in a sentence."""
    return _STATES.get(job.status, f"is {job.status.value[:40].lower()}")


def _words(name: str, job: Job) -> str:
    if name == "scheduled_for":
        return f"it was put to {_time(job.scheduled_for)}"
    if name == "priority":
        return f"its priority became {_priority(job.priority)}"
    return f"its retries became {job.max_retries}"


def _time(moment: datetime | None) -> str:
    return "as soon as a worker is free" if moment is None else f"{moment:%Y-%m-%d %H:%M:%S} UTC"


def _priority(priority: JobPriority) -> str:
    return priority.value[:40].lower()
