"""Acts on one row that wait a moment, so that they can be undone."""

from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """WAITING can be undone; DOING is with the server; DONE and FAILED are told for a while."""

    WAITING = "waiting"
    DOING = "doing"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True)
class Intent:
    """What somebody wants of a row: `tasks`, `12`, `disable`; `value` is what is set, `name` for people."""

    noun: str
    id: str
    verb: str
    value: str = ""
    name: str = ""

    @property
    def row(self) -> str:
        """The row: `tasks/12`."""
        return f"{self.noun}/{self.id}"
