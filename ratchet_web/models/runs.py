"""Bulk runs of the console: one act on many rows, frozen before it begins."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from ratchet_web.models.pages import Query


class Phase(StrEnum):
    """COUNTING reads the rows, READY waits for a person's word, ABORTING for what is in flight.

    WAITING: the word was given, and can be taken back for a moment; nothing is done yet.

    COMPLETED and ABORTED are final.
    """

    COUNTING = "counting"
    READY = "ready"
    WAITING = "waiting"
    RUNNING = "running"
    ABORTING = "aborting"
    COMPLETED = "completed"
    ABORTED = "aborted"


class Outcome(StrEnum):
    """What became of a row.

    SKIPPED: its state is no longer what it was. REFUSED: the server does not do it. FAILED: it tried, or did
    not answer. LEFT: not acted on, yet or at all.
    """

    DONE = "done"
    SKIPPED = "skipped"
    REFUSED = "refused"
    FAILED = "failed"
    LEFT = "left"


class Item(NamedTuple):
    """A row as it was frozen, in the state `was`, and what became of it, with what is to be said of that."""

    id: str
    name: str = ""
    was: str = ""
    outcome: Outcome = Outcome.LEFT
    note: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """An act (`jobs`, `cancel`) on the rows that match a query, or on those with these ids.

    `value` is what the act sets: a priority. `failure`: of which failure the rows are, in words.
    """

    noun: str
    verb: str
    query: Query | None = None
    ids: tuple[str, ...] = ()
    value: str = ""
    failure: str = ""
