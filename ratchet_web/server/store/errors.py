"""What the store can meet."""

from collections.abc import Collection, Sequence


class StoreError(Exception):
    """Root. `Unavailable` passes; `Unusable` ends us; `Duplicate`, `Stale` and the others refuse."""


class Unavailable(StoreError):
    """The database cannot be used just now; nothing was changed. The message says why."""


class Duplicate(StoreError):
    """Another row has this name already; nothing was changed."""


class Paused(StoreError):
    """It is paused already, by somebody (None: nobody is named) for a reason; nothing was changed."""

    def __init__(self, reason: str, by: str | None) -> None:
        super().__init__(reason)
        self.reason, self.by = reason, by


class StillOpen(StoreError):
    """There is such a row already, which waits or runs: `row_id`. Nothing was changed."""

    def __init__(self, row_id: int) -> None:
        super().__init__(f"{row_id} waits or runs")
        self.row_id = row_id


class Overtaken(StoreError):
    """There is a later such row than the one that was seen: `row_id`. Nothing was changed."""

    def __init__(self, row_id: int) -> None:
        super().__init__(f"{row_id} is later")
        self.row_id = row_id


class LastAdmin(StoreError):
    """Without this user nobody could manage the others any more; nothing was changed."""


class TooMany(StoreError):
    """There are as many as there may be; nothing was changed."""


class TooSlow(StoreError):
    """Too much would have to be read for these filters, by name."""

    def __init__(self, filters: Collection[str]) -> None:
        super().__init__(", ".join(sorted(filters)))
        self.filters = sorted(filters)


class Unusable(StoreError):
    """The data directory cannot be used by this server; the message says what to do."""


class Occupied(Unusable):
    """A server that runs has the data directory."""


class Stale(StoreError):
    """The row was changed since it was read; nothing was changed. `revision` is what it is now."""

    def __init__(self, revision: int) -> None:
        super().__init__(f"it is at revision {revision}")
        self.revision = revision


class InUse(StoreError):
    """Other rows still need this one; nothing was changed. `counts`: noun, how they are, how many."""

    def __init__(self, counts: Sequence[tuple[str, str, int]]) -> None:
        super().__init__(", ".join(f"{count} {how} {noun}" for noun, how, count in counts))
        self.counts = counts
