"""Which runs are kept: not all can be."""

from collections.abc import Mapping
from typing import Final

from ratchet_web.bulk.run import Run

KEPT: Final = 20
KEPT_ITEMS: Final = 50_000
KEPT_BYTES: Final = 50_000_000


def unique(runs: Mapping[str, Run]) -> list[Run]:
    """Return each run once, under however many ids it is known."""
    return list({id(run): run for run in runs.values()}.values())


def kept(runs: Mapping[str, Run], coming: int = 0) -> dict[str, Run]:
    """Return the runs without those that are missed least: not confirmed, then the server's, then old.

    `coming`: the bytes of the inputs that are to be kept besides.
    """
    every = unique(runs)
    idle = sorted(
        (run for run in every if not run.is_busy), key=lambda run: (run.has_begun, not run.operation)
    )
    items = sum(len(run.items) for run in every)
    gone: set[int] = set()
    while len(gone) < len(idle) and (len(every) - len(gone) >= KEPT or items > KEPT_ITEMS):
        least = idle[len(gone)]
        gone.add(id(least))
        items -= len(least.items)
    size = coming + sum(run.size for run in every if id(run) not in gone)
    for run in idle:
        if size > KEPT_BYTES and run.size and id(run) not in gone:
            gone.add(id(run))
            size -= run.size
    return {name: run for name, run in runs.items() if id(run) not in gone}
