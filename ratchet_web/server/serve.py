"""Starts the server process: checks first, then hands the process over to granian."""

import os
import socket
import sys
from math import ceil

from pydantic import SecretStr

from ratchet_web.server.exposure import check_exposure
from ratchet_web.server.store.directory import claim
from ratchet_web.settings import Settings

# What the server may take to stop beyond the grace of what runs: recording ends, closing the database.
STOP_S = 5.0
# At a stop it now and then warns of killing a process that has just ended by itself.
_GRANIAN_LEVELS = {"warning": "error"}


class PortTakenError(Exception):
    """Another program listens there already; the message says what to do."""


def serve(settings: Settings) -> None:
    """Become the server: this process is replaced by granian and does not come back.

    Raises:
        ExposedError: it would be open to everybody.
        PortTakenError: granian would share a used port without an error.
        Unusable: the data directory cannot be used.
    """
    check_exposure(settings)
    check_port(settings.server_host, settings.server_port)
    os.close(claim(settings.data_dir))
    os.environ.update(environment(settings))
    os.execv(sys.executable, command(settings))


def command(settings: Settings) -> list[str]:
    """Return the command line of the server."""
    options = {
        "--interface": "asgi",
        "--host": settings.server_host,
        "--port": str(settings.server_port),
        "--workers": "1",
        "--loop": "asyncio",
        "--http": "1",
        # Without it, granian waits for open streams for ever.
        "--workers-kill-timeout": str(ceil(stop_limit_s(settings))),
        "--log-level": _GRANIAN_LEVELS.get(settings.log_level, settings.log_level),
    }
    flags = ["--factory", "--no-ws", "--no-access-log", "--respawn-failed-workers"]
    chosen = [part for pair in options.items() for part in pair]
    return [sys.executable, "-m", "granian", *chosen, *flags, "ratchet_web.server.app:app"]


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
