"""What must be true before the processes start; each check says what to do when it is not."""

import errno
import socket
import tempfile
from contextlib import suppress
from pathlib import Path

from ratchet_web.cli.build import is_built
from ratchet_web.cli.problems import ProblemError
from ratchet_web.logic.origins import exposure
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
    check_audit_dir(settings.audit_dir)


def check_ui(settings: Settings, *, pages: bool = True) -> None:
    """Check what the console alone needs; raise `ProblemError` for the first thing that is missing.

    `pages`: whether it serves the built frontend as well.
    """
    check_open(settings)
    if pages:
        check_built()
    check_port("RATCHET_WEB", settings.web_host, settings.web_port)
    check_clients(settings)
    check_redis(settings)


def check_redis(settings: Settings) -> None:
    """Raise `ProblemError` if workers could not share what they have to."""
    if settings.web_redis_url is None:
        return
    # It takes a while to load, and one worker does without.
    from ratchet_web.peers.look import redis_fault

    if fault := redis_fault(settings.web_redis_url.get_secret_value()):
        raise ProblemError(
            f"Redis cannot be used: {fault}. Start it, or mend RATCHET_WEB_REDIS_URL; a single worker"
            " (RATCHET_WEB_WORKERS=1) does without."
        )


def check_open(settings: Settings) -> None:
    """Raise `ProblemError` if the console would be open to everybody."""
    if why := exposure(settings.web_auth, settings.web_host, settings.web_insecure):
        raise ProblemError(f"{why}.")


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
    """Raise `ProblemError` if we could not listen there: granian would share a used port."""
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
    _check_written(directory, "data directory", "RATCHET_DATA_DIR")


def check_audit_dir(directory: Path) -> None:
    """Make the directory of the record of acts; raise `ProblemError` if it cannot be made or written."""
    _check_written(directory, "directory of the audit", "RATCHET_WEB_AUDIT_DIR")


def _check_written(directory: Path, what: str, setting: str) -> None:
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=directory):
            pass
    except OSError as error:
        raise ProblemError(
            f"The {what} {directory} cannot be written ({error.strerror}): set {setting} to one that can."
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
