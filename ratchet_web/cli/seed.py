"""`ratchet-web seed`: a data directory with a made-up past."""

import sys
import time
from pathlib import Path

from ratchet_web.cli.problems import ProblemError
from ratchet_web.server.examples.history import Sizes
from ratchet_web.server.seeds import seed
from ratchet_web.server.store.errors import Unusable


def fill(directory: Path, sizes: Sizes) -> None:
    """Make the database and say how far it is and how long it took.

    Raises:
        ProblemError: a server uses the directory, or it has a database already.
    """
    if sizes.log_lines and not sizes.executions:
        raise ProblemError("Log lines belong to an execution: --log-lines needs --executions")
    began = time.monotonic()
    try:
        seed(directory, sizes, int(time.time() * 1000), _tell)
    except Unusable as error:
        raise ProblemError(str(error)) from error
    _tell("")
    told = f"{sizes.executions:,} executions, {sizes.jobs:,} jobs, {sizes.log_lines:,} log lines"
    print(f"{directory}: {told} in {time.monotonic() - began:.0f} s")


def _tell(progress: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{progress}", end="", file=sys.stderr, flush=True)
