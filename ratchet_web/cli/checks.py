"""What must be true before the processes start; each check says what to do when it is not."""

import errno
import socket
import tempfile
from contextlib import suppress
from pathlib import Path

from ratchet_web.cli.build import is_built
from ratchet_web.cli.problems import ProblemError
from ratchet_web.server.access.exposure import ExposedError, check_exposure
from ratchet_web.settings import Settings

LOOPBACK = ("127.0.0.1", "localhost", "::1")
ANY = ("0.0.0.0", "::", "")


def check_start(settings: Settings) -> None:
    """Check everything that `up` needs.

    Raises:
        ProblemError: the first thing that is missing.
    """
    check_ui(settings)
    if settings.embedded:
        check_distinct(settings)
        check_exposed(settings)
        check_port("RATCHET_SERVER", settings.server_host, settings.server_port)
        check_data_dir(settings.data_dir)


def check_ui(settings: Settings) -> None:
    """Check what the console alone needs; raise `ProblemError` for the first thing that is missing."""
    check_built()
    check_port("RATCHET_WEB", settings.web_host, settings.web_port)
    check_clients(settings)


def check_clients(settings: Settings) -> None:
    """Raise `ProblemError` if the console could not speak to its servers, whoever answers there."""
    if settings.embedded:
        return
    # It takes a while to load, and the embedded server does without.
    from ratchet_web.api.http import Http

    for known in settings.known_servers:
        try:
            Http(known.url)
        except ValueError as error:
            raise ProblemError(f"No server can be spoken to: {error}.") from error


def check_built() -> None:
    """Raise `ProblemError` if there is no frontend to serve."""
    if not is_built():
        raise ProblemError(
            "The frontend is not built: run `ratchet-web build` (`make run` does so by itself)."
        )


def check_exposed(settings: Settings) -> None:
    """Raise `ProblemError` if the embedded server would be open to everybody."""
    try:
        check_exposure(settings)
    except ExposedError as error:
        raise ProblemError(str(error)) from error


def check_distinct(settings: Settings) -> None:
    """Raise `ProblemError` if console and embedded server want the same port."""
    if settings.web_port == settings.server_port:
        raise ProblemError(
            f"The console and the embedded server cannot both use port {settings.web_port}: "
            "set RATCHET_WEB_PORT or RATCHET_SERVER_PORT to another."
        )


def check_port(prefix: str, host: str, port: int) -> None:
    """Raise `ProblemError` if we could not listen there: granian shares a used port without an error."""
    if (number := _bind_error(host, port)) is not None:
        advice, setting = f"set {prefix}_PORT to another", f"{prefix}_HOST"
        match number:
            case errno.EADDRINUSE:
                raise ProblemError(f"Port {port} is in use: stop the program that uses it, or {advice}.")
            case errno.EACCES:
                raise ProblemError(f"Port {port} needs rights that this user has not: {advice} (above 1023).")
            case _:
                raise ProblemError(f"This machine has no address {host!r} to listen on: check {setting}.")
    if host in LOOPBACK + ANY and _answers_as_localhost(port):
        raise ProblemError(
            f"Another program answers at localhost:{port}: stop it, or set {prefix}_PORT to another."
        )


def check_data_dir(directory: Path) -> None:
    """Make the data directory; raise `ProblemError` if it cannot be made or written."""
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=directory):
            pass
    except OSError as error:
        raise ProblemError(
            f"The data directory {directory} cannot be written ({error.strerror}): "
            "set RATCHET_DATA_DIR to one that can."
        ) from error


def check_tasks_dir(directory: Path) -> None:
    """Raise `ProblemError` if the directory of task files cannot be read."""
    try:
        next(directory.iterdir(), None)
    except OSError as error:
        raise ProblemError(
            f"The tasks directory {directory} cannot be read ({error.strerror}): "
            "set RATCHET_TASKS_DIR to one that can."
        ) from error


def reachable_host(host: str) -> str:
    """Return the host under which this machine reaches what listens on `host`."""
    return "127.0.0.1" if host in ANY else host


def reachable(host: str, port: int) -> str:
    """Return `http://host:port` under which this machine reaches what listens on `host`."""
    host = reachable_host(host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def shown(host: str, port: int) -> str:
    """Return the address to open in a browser on this machine."""
    return f"http://localhost:{port}" if host in LOOPBACK + ANY else reachable(host, port)


def is_free(host: str, port: int) -> bool:
    """Return whether something could listen there."""
    return _bind_error(host, port) is None


def _bind_error(host: str, port: int) -> int | None:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM)[
            0
        ]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        return error.errno or errno.EADDRNOTAVAIL
    return None


def _answers_as_localhost(port: int) -> bool:
    # For a browser `localhost` may be ::1 first, where another program can listen while 127.0.0.1 is free.
    for address in ("::1", "127.0.0.1"):
        with suppress(OSError), socket.create_connection((address, port), timeout=1):
            return True
    return False
