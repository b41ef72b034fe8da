"""The commands: `ratchet-web up | run | server | ui | build | export | doctor | seed`."""

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from inspect import cleandoc
from pathlib import Path
from typing import Any

from ratchet_web import __version__
from ratchet_web.cli import users
from ratchet_web.cli.environment import read_settings, settings_help, unknown
from ratchet_web.cli.problems import ProblemError
from ratchet_web.settings import Settings

# Each command imports what it needs by itself: `up` stays small and quick.


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return its exit code: 0, or 1 with a message that says what to do."""
    chosen = parser().parse_args(arguments)
    try:
        settings = read_settings()
        if chosen.run is not _doctor:  # which tells it among its findings
            for line in unknown():
                print(line, file=sys.stderr)
        given = {name: value for name, value in vars(chosen).items() if name != "run"}
        ran: int = chosen.act(settings, chosen) if "act" in chosen else chosen.run(settings, **given)
    except ProblemError as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return ran


def parser() -> argparse.ArgumentParser:
    """Return what understands the commands."""
    whole = argparse.ArgumentParser(
        prog="ratchet-web",
        description="The operations console of Ratchet, and an embedded Ratchet to run it on.",
        epilog=f"settings, as environment variables:\n{settings_help()}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    whole.add_argument("--version", action="version", version=__version__)
    parsers: dict[str, argparse.ArgumentParser] = {}
    commands = whole.add_subparsers(required=True, metavar="COMMAND")
    for run, name in COMMANDS:
        text = cleandoc(run.__doc__ or "")
        command = parsers[name] = commands.add_parser(
            name,
            help=text.splitlines()[0],
            description=text,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.set_defaults(run=run)
        for option, settled in OPTIONS.get(name, {}).items():
            command.add_argument(option, **settled)
    users.add_commands(parsers["server"])
    return whole


def _up(settings: Settings, insecure: bool = False) -> int:
    """Start the console and, unless another server is given, the embedded one; Ctrl-C stops both."""
    settings = _meant(settings, insecure)
    from ratchet_web.cli.checks import check_start, shown
    from ratchet_web.cli.programs import programs
    from ratchet_web.cli.up import up

    check_start(settings)
    asyncio.run(up(programs(settings), shown(settings.web_host, settings.web_port) + settings.web_prefix))
    return 0


def _run(settings: Settings, insecure: bool = False) -> int:
    """Build the frontend, if what it is made of has changed, then do as `up`."""
    _build(settings)
    return _up(settings, insecure)


def _server(settings: Settings) -> int:
    """Start the embedded server alone."""
    from ratchet_web.cli.checks import check_data_dir, check_port
    from ratchet_web.server.access.exposure import ExposedError
    from ratchet_web.server.serve import PortTakenError, serve
    from ratchet_web.server.store.errors import Unusable

    check_port("RATCHET_SERVER", settings.server_host, settings.server_port)
    check_data_dir(settings.data_dir)
    try:
        serve(settings)
    except (ExposedError, PortTakenError, Unusable) as error:
        raise ProblemError(str(error)) from error
    return 0


def _ui(settings: Settings, backend_only: bool, insecure: bool = False) -> int:
    """Start the console alone, on the servers that are given (else the embedded one's address)."""
    settings = _meant(settings, insecure)
    from ratchet_web.cli.checks import check_audit_dir, check_ui
    from ratchet_web.cli.places import ROOT
    from ratchet_web.cli.programs import console

    check_ui(settings, pages=not backend_only)
    check_audit_dir(settings.audit_dir)
    program = console(settings, pages=not backend_only)
    os.chdir(ROOT)
    os.execve(program.command[0], program.command, dict(program.environment))


def _build(_: Settings) -> int:
    """Build the frontend, if what it is made of has changed."""
    from ratchet_web.cli.build import build

    build()
    return 0


def _export(settings: Settings, folder: Path) -> int:
    """Build the frontend, and pack it and the backend for hosts of their own: frontend.zip, backend.zip.

    The frontend is for a web server, beneath RATCHET_WEB_PREFIX if that is set; deploy/nginx has one. The
    backend runs where it is unpacked: pip install --no-deps -r requirements.txt, then
    python -m ratchet_web ui --backend-only. Or reflex run --env prod --backend-only --backend-host 127.0.0.1
    --backend-port 3000: RATCHET_WEB_HOST and RATCHET_WEB_PORT do not count there.
    """
    from ratchet_web.cli.export import export

    _build(settings)
    export(folder, settings.web_prefix)
    return 0


def _doctor(settings: Settings, url: str | None, json: bool) -> int:
    """Look at this machine and at the server, and say what to do about what is missing.

    With URL, only at the server there; without, at this machine and at the servers of the settings. A token
    is sent only to the server that the settings give it to (RATCHET_API_TOKEN to any, if they name none).

    A server is asked about two dozen requests, none of which changes anything: whether it can be reached,
    TLS, which dialect it speaks, how changes arrive, what works on each page of the console, what the token
    may do, its clock, how quickly it answers, and how many requests it allows.

    One line for each finding: ok, note (good to know), warning (should be mended), BAD (does not work).
    Exit status: 0 nothing is bad, 1 something is, 2 the command was not understood.
    """
    from ratchet_web.cli.doctor import doctor

    return 0 if asyncio.run(doctor(settings, url, json)) else 1


def _seed(settings: Settings, data_dir: Path | None, executions: int, jobs: int, log_lines: int) -> int:
    """Fill a new data directory with a made-up past, to try the console or to measure; none of it runs."""
    from ratchet_web.cli.seed import fill
    from ratchet_web.server.examples.history import Sizes

    fill(data_dir or settings.data_dir, Sizes(executions, jobs, log_lines), settings.keep_days)
    return 0


def _meant(settings: Settings, insecure: bool) -> Settings:
    return settings.model_copy(update={"web_insecure": True}) if insecure else settings


def _rows(text: str) -> int:
    """Return a number of rows; an `ArgumentTypeError` says what is allowed."""
    if text.isascii() and text.isdecimal() and int(text) <= ROWS_LIMIT:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text} is no whole number from 0 to {ROWS_LIMIT:,}")


def _address(text: str) -> str:
    """Return an address as it is; an `ArgumentTypeError`, which shows nothing of it, if it is none."""
    from ratchet_web.api.addresses import base_of

    try:
        base_of(text)
    except ValueError:
        raise argparse.ArgumentTypeError("is no http(s) address, such as http://host:8080/api/v1") from None
    return text


ROWS_LIMIT = 20_000_000
Command = Callable[..., int]
COMMANDS: tuple[tuple[Command, str], ...] = (
    (_up, "up"),
    (_run, "run"),
    (_server, "server"),
    (_ui, "ui"),
    (_build, "build"),
    (_export, "export"),
    (_doctor, "doctor"),
    (_seed, "seed"),
)
_COUNT: dict[str, Any] = {"type": _rows, "metavar": "N"}
_INSECURE: dict[str, Any] = {
    "action": "store_true",
    "help": "let everybody who reaches this machine use the console, with its token",
}
# What a command can be told, besides the settings.
OPTIONS: Mapping[str, Mapping[str, dict[str, Any]]] = {
    "up": {"--insecure": _INSECURE},
    "run": {"--insecure": _INSECURE},
    "ui": {
        "--backend-only": {
            "action": "store_true",
            "help": "serve no pages: a web server before it has the exported ones",
        },
        "--insecure": _INSECURE,
    },
    "export": {
        "--folder": {
            "type": Path,
            "default": Path("dist"),
            "metavar": "DIR",
            "help": "where the archives are written (default: %(default)s)",
        },
    },
    "doctor": {
        "url": {
            "type": _address,
            "nargs": "?",
            "metavar": "URL",
            "help": "the API of a server (default: those of the settings)",
        },
        "--json": {"action": "store_true", "help": "print one JSON document instead of lines"},
    },
    "seed": {
        "--executions": {
            **_COUNT,
            "default": 10_000,
            "help": "executions of the last 90 days, all ended (default: %(default)s)",
        },
        "--jobs": {
            **_COUNT,
            "default": 10_000,
            "help": "jobs; some wait, but for a time to come, so that a server runs none of them when it "
            "starts (default: %(default)s)",
        },
        "--log-lines": {
            **_COUNT,
            "default": 1_000,
            "help": "log lines of the newest execution (default: %(default)s)",
        },
        "--data-dir": {
            "type": Path,
            "metavar": "DIR",
            "help": "a directory without a database (default: RATCHET_DATA_DIR)",
        },
    },
}
