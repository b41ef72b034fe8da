"""The commands: `ratchet-web up | run | server | ui | build | doctor`."""

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Sequence

from ratchet_web import __version__
from ratchet_web.cli.environment import read_settings, settings_help, unknown
from ratchet_web.cli.problems import ProblemError
from ratchet_web.settings import Settings

# Each command imports what it needs by itself: `up` stays small and quick.


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return its exit code: 0, or 1 with a message that says what to do."""
    chosen = _parser().parse_args(arguments)
    try:
        settings = read_settings()
        if chosen.run is not _doctor:  # which tells it among its findings
            for line in unknown():
                print(line, file=sys.stderr)
        ran: int = chosen.run(settings)
    except ProblemError as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return ran


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ratchet-web",
        description="The operations console of Ratchet, and an embedded Ratchet to run it on.",
        epilog=f"settings, as environment variables:\n{settings_help()}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for run, name in COMMANDS:
        text = (run.__doc__ or "").strip().splitlines()[0]
        commands.add_parser(name, help=text, description=text).set_defaults(run=run)
    return parser


def _up(settings: Settings) -> int:
    """Start the console and, unless RATCHET_API_URL is set, the embedded server; Ctrl-C stops both."""
    from ratchet_web.cli.checks import check_start, shown
    from ratchet_web.cli.programs import programs
    from ratchet_web.cli.up import up

    check_start(settings)
    asyncio.run(up(programs(settings), shown(settings.web_host, settings.web_port)))
    return 0


def _run(settings: Settings) -> int:
    """Build the frontend, if what it is made of has changed, then do as `up`."""
    _build(settings)
    return _up(settings)


def _server(settings: Settings) -> int:
    """Start the embedded server alone."""
    from ratchet_web.cli.checks import check_data_dir, check_port
    from ratchet_web.server.exposure import ExposedError
    from ratchet_web.server.serve import PortTakenError, serve
    from ratchet_web.server.store.errors import Unusable

    check_port("RATCHET_SERVER", settings.server_host, settings.server_port)
    check_data_dir(settings.data_dir)
    try:
        serve(settings)
    except (ExposedError, PortTakenError, Unusable) as error:
        raise ProblemError(str(error)) from error
    return 0


def _ui(settings: Settings) -> int:
    """Start the console alone, on the server that RATCHET_API_URL names (else the embedded one's address)."""
    from ratchet_web.cli.checks import check_built, check_port
    from ratchet_web.cli.places import ROOT
    from ratchet_web.cli.programs import console

    check_built()
    check_port("RATCHET_WEB", settings.web_host, settings.web_port)
    program = console(settings)
    os.chdir(ROOT)
    os.execve(program.command[0], program.command, dict(program.environment))


def _build(_: Settings) -> int:
    """Build the frontend, if what it is made of has changed."""
    from ratchet_web.cli.build import build

    build()
    return 0


def _doctor(settings: Settings) -> int:
    """Look at everything that is needed, and say what to do about what is missing."""
    from ratchet_web.cli.doctor import doctor

    return 0 if asyncio.run(doctor(settings)) else 1


Command = Callable[[Settings], int]
COMMANDS: tuple[tuple[Command, str], ...] = (
    (_up, "up"),
    (_run, "run"),
    (_server, "server"),
    (_ui, "ui"),
    (_build, "build"),
    (_doctor, "doctor"),
)
