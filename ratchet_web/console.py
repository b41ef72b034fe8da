"""`python -m ratchet_web.console`: the console alone. Its workers are forked with all that is imported."""

import gc
import sys
from functools import partial
from typing import Final

from starlette.types import ASGIApp

from ratchet_web.settings import UVICORN_LEVELS, settings

# What Engine.IO and httpx import wherever it is installed, and nobody here uses.
UNUSED: Final = ("requests", "httpx._main")
# So long workers have to end in, of which open answers get `GRACE_S`.
KILL_TIMEOUT_S: Final = 2


def main() -> None:
    """Be the console until it is told to stop."""
    from ratchet_web.serving.workers import Workers, listeners

    chosen = settings()
    try:
        opened = listeners(chosen.web_host, chosen.web_port, chosen.web_workers)
    except OSError as error:
        sys.exit(f"Port {chosen.web_port} on {chosen.web_host!r} cannot be used ({error.strerror}).")
    prepare()
    from ratchet_web.serving.worker import serve

    level = UVICORN_LEVELS.get(chosen.log_level, chosen.log_level)
    sys.exit(Workers(opened, partial(serve, app, level), KILL_TIMEOUT_S).run())


def prepare() -> None:
    """Import all that workers need: one that died is back at once, and several share this memory.

    Each makes an application of its own.
    """
    # What is imported is no garbage: the collector begins in each worker, once it has all it is made of.
    gc.disable()
    sys.modules.update(dict.fromkeys(UNUSED))  # type: ignore[arg-type]
    # The first two are imported at the first request else, while somebody waits for it.
    import anyio._backends._asyncio  # noqa: F401
    import httpcore  # noqa: F401

    import ratchet_web.serving.worker  # noqa: F401
    from ratchet_web.application import log

    log()
    gc.freeze()


def app() -> ASGIApp:
    """Return the application of one worker, in which this is called."""
    from ratchet_web.ratchet_web import app as application

    made = application()
    # What was imported stays: looking through it again and again is a third of what many viewers cost.
    gc.freeze()
    gc.enable()
    return made


if __name__ == "__main__":
    main()
