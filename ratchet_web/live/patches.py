"""The messages that browsers get of a topic: a snapshot, then what changed. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from ratchet_web.live.ports import Message
from ratchet_web.live.rows import Row


@dataclass(frozen=True, slots=True)
class State:
    """A topic as its viewers know it. `version` grows by one with each patch; `at`: epoch ms of the look."""

    version: int
    at: int
    rows: Mapping[str, Row]
    about: Row


def snapshot(topic: str, state: State) -> Message:
    """Return everything."""
    rows = list(state.rows.values())
    return {"topic": topic, "version": state.version, "at": state.at, "rows": rows, "about": state.about}


def patch(topic: str, old: State, new: State) -> Message | None:
    """Return what leads from one state to the next, None if they look the same.

    `set`: changed fields by id; `new`: whole rows; `gone`: ids; `order`: all ids, only if rows came, went or
    moved; `about`: whole, only if it changed.
    """
    changes: Message = {"set": _set(old.rows, new.rows)}
    if added := [row for id, row in new.rows.items() if id not in old.rows]:
        changes["new"] = added
    if gone := [id for id in old.rows if id not in new.rows]:
        changes["gone"] = gone
    if list(old.rows) != list(new.rows):
        changes["order"] = list(new.rows)
    if old.about != new.about:
        changes["about"] = new.about
    if len(changes) == 1 and not changes["set"]:
        return None
    return {"topic": topic, "version": new.version, "at": new.at, **changes}


def _set(old: Mapping[str, Row], new: Mapping[str, Row]) -> dict[str, Row]:
    pairs = ((id, old[id], row) for id, row in new.items() if id in old and old[id] != row)
    return {id: _fields(before, after) for id, before, after in pairs}


def _fields(before: Row, after: Row) -> Row:
    names = [*after, *(name for name in before if name not in after)]
    return {name: after.get(name) for name in names if before.get(name) != after.get(name)}
