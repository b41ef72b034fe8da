"""The command lines and environments of the two processes."""

import os
import secrets
import sys

from pydantic import SecretStr

from ratchet_web.cli.checks import reachable
from ratchet_web.cli.child import Program
from ratchet_web.console import KILL_TIMEOUT_S
from ratchet_web.server.access.exposure import wants_login
from ratchet_web.server.serve import stop_limit_s
from ratchet_web.serving.limits import MOST_HEAD_BYTES
from ratchet_web.settings import Settings

# What a browser sends at once: a task's three texts of two million characters, some of them escaped. A
# longer message closes its socket, and is lost.
MOST_MESSAGE_CHARS = 16_000_000
# What a process may take beyond its own limit before `up` ends it.
STOP_MARGIN_S = 1.5


def programs(settings: Settings) -> list[Program]:
    """Return what `up` runs: the embedded server, unless others are given, and the console.

    Where the embedded server wants a login, it and the console share a token, which ends with this run; a
    console where people sign in needs none.
    """
    if not settings.embedded:
        return [console(settings)]
    if wants_login(settings) and settings.api_token is None and settings.web_auth != "ratchet":
        given = settings.server_console_token or SecretStr(secrets.token_urlsafe(32))
        settings = settings.model_copy(update={"server_console_token": given, "api_token": given})
    return [server(settings), console(settings)]


def server(settings: Settings) -> Program:
    """Return the embedded server."""
    return Program(
        name="embedded server",
        command=[sys.executable, "-m", "ratchet_web.server"],
        environment=os.environ
        | {"RATCHET_DATA_DIR": str(settings.data_dir)}
        | _secret("RATCHET_SERVER_CONSOLE_TOKEN", settings.server_console_token),
        host=settings.server_host,
        port=settings.server_port,
        health_path="/health",
        stop_s=stop_limit_s(settings) + STOP_MARGIN_S,
    )


def console(settings: Settings, *, pages: bool = True) -> Program:
    """Return the console, which serves the built frontend as well, unless others do (`pages`)."""
    return Program(
        name="console",
        command=[sys.executable, "-m", "ratchet_web.console"],
        environment=os.environ | _reflex(pages) | _own(settings) | _one_server(settings),
        host=settings.web_host,
        port=settings.web_port,
        health_path="/ping",
        stop_s=KILL_TIMEOUT_S + STOP_MARGIN_S,
    )


def _own(settings: Settings) -> dict[str, str]:
    """Return what was settled here of the console's own settings."""
    return {
        "RATCHET_WEB_HOST": settings.web_host,
        "RATCHET_WEB_PORT": str(settings.web_port),
        "RATCHET_WEB_AUDIT_DIR": str(settings.audit_dir.absolute()),
    } | ({"RATCHET_WEB_INSECURE": "true"} if settings.web_insecure else {})


def _one_server(settings: Settings) -> dict[str, str]:
    """Return where the console finds its server, unless it knows several by their names."""
    if settings.known_servers[0].name:
        return {}
    embedded = f"{reachable(settings.server_host, settings.server_port)}/api/v1"
    url = embedded if settings.api_url is None else str(settings.api_url)
    return {"RATCHET_API_URL": url} | _secret("RATCHET_API_TOKEN", settings.api_token)


def _secret(name: str, value: SecretStr | None) -> dict[str, str]:
    return {} if value is None else {name: value.get_secret_value()}


def _reflex(pages: bool) -> dict[str, str]:
    # The names that begin with underscores are Reflex's own: production, nothing compiled at the start,
    # the built frontend served by this process.
    return {
        "REFLEX_ENV_MODE": "prod",
        "REFLEX_SOCKET_MAX_HTTP_BUFFER_SIZE": str(MOST_MESSAGE_CHARS),
        # Cookies of all that runs at `localhost` come here too; by default 8 KB of them close a socket.
        "WEBSOCKETS_MAX_LINE_LENGTH": str(MOST_HEAD_BYTES),
        "REFLEX_TELEMETRY_ENABLED": "false",
        "REFLEX_CHECK_LATEST_VERSION": "false",
        "__REFLEX_SKIP_COMPILE": "true",
        "__REFLEX_MOUNT_FRONTEND_COMPILED_APP": str(pages).lower(),
    }
