"""A change of a job that waits, as a form sends it: read, and held against what the job is by now. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ratchet_web.logic import work_texts
from ratchet_web.logic.run_options import read_options
from ratchet_web.models.jobs import WAITING, Job, JobChange, JobPriority, JobStatus

PLAIN = ("priority", "scheduled_for", "max_retries")
NAMES = (*PLAIN, *work_texts.NAMES)
NO_NUMBER = "Write a whole number from 0 to 100"
_OTHERS = {
    "retry_policy": "its retry policy was changed",
    "output_destinations": "its output destinations were changed",
}
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
    texts = given if isinstance(given, Mapping) else {}
    work, wrong = _read_work({name: texts[name] for name in work_texts.NAMES if name in texts})
    plain = {name: texts[name] for name in texts if name in PLAIN} if isinstance(given, Mapping) else given
    chosen, more = read_options(plain)
    wrong = [*wrong, *more]
    named = chosen.model_fields_set
    if "max_retries" in named and chosen.max_retries is None:
        wrong = [*wrong, {"field": "maxRetries", "message": NO_NUMBER}]
    if "priority" in named and chosen.priority is None:
        wrong = [*wrong, {"field": "priority", "message": "Choose one"}]
    return JobChange(**{name: getattr(chosen, name) for name in named}, **work), wrong


def base_of(job: Job) -> dict[str, str]:
    """Return what can be changed of a job as texts, as a form keeps what it was begun from."""
    told = job.model_dump(mode="json", include=set(PLAIN))
    return {
        **{name: "" if told[name] is None else str(told[name]) for name in PLAIN},
        "retry_policy": work_texts.policy_text(job.retry_policy),
        "output_destinations": work_texts.destinations_text(job.output_destinations),
    }


def _read_work(texts: Mapping[str, object]) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """Return the retry policy and the destinations that were changed, and what is wrong with them."""
    read: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name, text in texts.items():
        try:
            read[name] = work_texts.READ[name](text if isinstance(text, str) else "?")
        except ValueError as error:
            wrong |= work_texts.faults(name, error)
    return read, [{"field": field, "message": message} for field, message in wrong.items()]


def came_between(base: object, job: Job) -> str:
    """Return what became of a job since a form was begun from `base`; empty where nothing did."""
    if job.status not in WAITING:
        return f"Nothing was changed: job {job.id} {state_of(job)}."
    known, now = base if isinstance(base, Mapping) else {}, base_of(job)
    # A form of a server that changes no more of a job knows nothing of the rest.
    asked = [name for name in NAMES if name in PLAIN or name in known]
    news = [_words(name, job) for name in asked if known.get(name) != now[name]]
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
    if name in _OTHERS:
        return _OTHERS[name]
    return f"its retries became {job.max_retries}"


def _time(moment: datetime | None) -> str:
    return "as soon as a worker is free" if moment is None else f"{moment:%Y-%m-%d %H:%M:%S} UTC"


def _priority(priority: JobPriority) -> str:
    return priority.value[:40].lower()
