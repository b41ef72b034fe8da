"""What workers tell each other of a run: all that a page shows of it, as JSON, and which items changed."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

from pydantic import ValidationError

from ratchet_web.audit.actor import Actor
from ratchet_web.bulk.acts import QUERIES
from ratchet_web.bulk.run import EXAMPLES, Creation, Run
from ratchet_web.logic.run_options import RunOptions
from ratchet_web.models.dialect import Pace
from ratchet_web.models.runs import Choice, Item, Outcome, Phase

PLAIN: Final = (
    *("seen", "to_be_refused", "trouble", "waits", "caveat", "reason", "operation", "by_server"),
    *("taken", "recorded", "act_requests", "due_at", "asked_at", "began_at", "ended_at"),
)
Image = dict[str, Any]


def image_of(run: Run, names: list[str], items: Iterable[Item], *, whole: bool) -> Image:
    """Return a run, its `names`, and these of its items; `whole` says that there are no others."""
    choice, creation = run.choice, run.creation
    return {
        "id": run.id,
        "names": names,
        "choice": {
            "noun": choice.noun,
            "verb": choice.verb,
            "value": choice.value,
            "ids": choice.ids,
            "failure": choice.failure,
            "query": choice.query and choice.query.model_dump(mode="json"),
        },
        "phase": run.phase.value,
        "by": [*run.by],
        **{name: getattr(run, name) for name in PLAIN},
        "states": dict(run.states),
        "hindered": dict(run.hindered),
        "counts": {outcome.value: n for outcome, n in run.counts.items()},
        "pace": run.pace and run.pace.model_dump(mode="json"),
        "per_s": run.throttle.per_s,
        "creation": creation
        and {
            "task_id": creation.task_id,
            "summary": creation.summary,
            "options": creation.options.model_dump(mode="json"),
        },
        "whole": whole,
        "items": [[*each] for each in items],
    }


def drawn(image: Image, run: Run | None = None) -> Run:
    """Return the run that an image shows, or `run` with what the image brings.

    Raises:
        ValueError: it is no image.
    """
    try:
        return _drawn(image, run)
    except (KeyError, TypeError, ValidationError) as error:
        raise ValueError("this is no image of a run") from error


def _drawn(image: Image, run: Run | None) -> Run:
    if run is None:
        run = Run(image["id"], _choice(image["choice"]), lambda: None)
        run.creation = _creation(image["creation"])
    was_going = run.is_going
    for name in PLAIN:
        setattr(run, name, image[name])
    run.id, run.phase, run.by = image["id"], Phase(image["phase"]), Actor(*image["by"])
    run.states, run.hindered = Counter(image["states"]), Counter(image["hindered"])
    run.counts = Counter({Outcome(name): n for name, n in image["counts"].items()})
    run.pace = Pace.model_validate(image["pace"]) if image["pace"] else None
    run.throttle.per_s = image["per_s"]
    items = {each[0]: Item(each[0], each[1], each[2], Outcome(each[3]), each[4]) for each in image["items"]}
    run.items = items if image["whole"] else {**run.items, **items}
    run.examples = tuple(run.items.values())[:EXAMPLES]
    if run.is_going and not was_going:
        run.measure()
    return run


def _choice(given: Image) -> Choice:
    noun, query = given["noun"], given["query"]
    asked = QUERIES[noun].model_validate(query) if query else None
    return Choice(noun, given["verb"], asked, tuple(given["ids"]), given["value"], given["failure"])


def _creation(given: Image | None) -> Creation | None:
    if given is None:
        return None
    return Creation(given["task_id"], {}, given["summary"], RunOptions.model_validate(given["options"]))
