"""`ratchet-web seed`: a data directory with a made-up past."""

import sys
import time
from pathlib import Path

from ratchet_web.cli.problems import ProblemError
from ratchet_web.models.instants import now_ms
from ratchet_web.server.examples.history import DAY_MS, SPAN_MS, Sizes
from ratchet_web.server.seeds import seed
from ratchet_web.server.store.errors import Unusable


def fill(directory: Path, sizes: Sizes, keep_days: float) -> None:
    """Make the database and say how far it is, how long it took, and whether a server will keep all of it.

    Raises:
        ProblemError: a server uses the directory, or it has a database already.
    """
    if sizes.log_lines and not sizes.executions:
        raise ProblemError("Log lines belong to an execution: --log-lines needs --executions")
    began = time.monotonic()
    try:
        seed(directory, sizes, now_ms(), _tell)
    except Unusable as error:
        raise ProblemError(str(error)) from error
    _tell("")
    told = f"{sizes.executions:,} executions, {sizes.jobs:,} jobs, {sizes.log_lines:,} log lines"
    print(f"{directory}: {told} in {time.monotonic() - began:.0f} s")
    if keep_days < SPAN_MS / DAY_MS:
        print(
            f"A server deletes what is older than RATCHET_KEEP_DAYS={keep_days:g}: to keep all, set it to 91"
        )


def _tell(progress: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{progress}", end="", file=sys.stderr, flush=True)
