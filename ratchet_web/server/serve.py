"""Starts the server process: checks first, then granian in this very process."""

import ctypes
import gc
import os
import socket
import sys
from math import ceil
from typing import Any, Final

from pydantic import SecretStr

from ratchet_web.server.access.exposure import check_exposure
from ratchet_web.server.store.directory import claim
from ratchet_web.settings import GRANIAN_LEVELS, Settings

# What FastAPI and httpx import wherever it is installed, and nobody here uses.
UNUSED: Final = ("pydantic.v1", "httpx._main")
# What the server may take to stop beyond the grace of what runs: recording ends, closing the database.
STOP_S = 5.0
# What glibc calls `M_ARENA_MAX`: by default each thread keeps freed memory of its own.
_M_ARENA_MAX: Final = -8
ARENAS: Final = 2


class PortTakenError(Exception):
    """Another program listens there already; the message says what to do."""


def serve(settings: Settings) -> None:
    """Be the server until it is told to stop.

    Raises:
        ExposedError: it would be open to everybody.
        PortTakenError: granian would share a used port without an error.
        Unusable: the data directory cannot be used.
    """
    from granian import Granian

    check_exposure(settings)
    check_port(settings.server_host, settings.server_port)
    os.close(claim(settings.data_dir))
    os.environ.update(environment(settings))
    limit_arenas()
    # What is imported is no garbage: the collector begins once `app` has it all.
    gc.disable()
    sys.modules.update(dict.fromkeys(UNUSED))  # type: ignore[arg-type]
    # Its worker is forked from here, with all that is imported by now: one that died is back at once.
    import ratchet_web.server.app  # noqa: F401

    gc.freeze()
    Granian(**options(settings)).serve()


def options(settings: Settings) -> dict[str, Any]:
    """Return what granian is told."""
    return {
        "target": "ratchet_web.server.app:app",
        "factory": True,
        "interface": "asgi",
        "address": settings.server_host,
        "port": settings.server_port,
        "workers": 1,
        "respawn_failed_workers": True,
        # Without it, granian waits for open streams for ever.
        "workers_kill_timeout": ceil(stop_limit_s(settings)),
        "loop": "asyncio",
        "http": "1",
        "websockets": False,
        "log_level": GRANIAN_LEVELS.get(settings.log_level, settings.log_level),
    }


def limit_arenas() -> None:
    """Let the threads of this process share their freed memory; where the system has glibc."""
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "mallopt"):
        libc.mallopt(_M_ARENA_MAX, ARENAS)


def stop_limit_s(settings: Settings) -> float:
    """Return the seconds after which a server that was told to stop is killed."""
    return settings.stop_grace_s + STOP_S


def environment(settings: Settings) -> dict[str, str]:
    """Return the variables that make another process read these settings."""
    prefix = settings.model_config.get("env_prefix", "")
    given = ((name, getattr(settings, name)) for name in type(settings).model_fields)
    return {f"{prefix}{name}".upper(): _text(value) for name, value in given if value is not None}


def check_port(host: str, port: int) -> None:
    """Raise `PortTakenError` if something listens on this address."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTakenError(
                f"Port {port} on {host} cannot be used ({error.strerror}): set RATCHET_SERVER_PORT to another"
            ) from error


def _text(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)
