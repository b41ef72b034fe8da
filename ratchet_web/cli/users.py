"""`ratchet-web server user …` and `… token …`: on the data directory, whether its server runs or not.

A password is asked for, or read from standard input; never given as an argument, where every process of the
machine could read it.
"""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from getpass import getpass
from typing import TYPE_CHECKING

from ratchet_web.cli.problems import ProblemError
from ratchet_web.models.instants import now_ms
from ratchet_web.models.users import NAME_PATTERN, Role, is_name, password_fault
from ratchet_web.settings import Settings

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    from ratchet_web.server.store.beside import Connection
    from ratchet_web.server.store.lists.base import Row

    _Commands = _SubParsersAction[ArgumentParser]

# What they need of the server is imported by the commands themselves: `up` stays small and quick.

Act = Callable[[Settings, Namespace], int]
DAY_MS = 86_400_000
DAYS_MOST = 36_500
PLACE = "On the data directory that RATCHET_DATA_DIR names, whether its server runs or not."


def add_commands(server: ArgumentParser) -> None:
    """Give `ratchet-web server` the commands of this module."""
    nouns = server.add_subparsers(metavar="user|token")
    users = nouns.add_parser("user", help="who may log in", description=PLACE).add_subparsers(
        required=True, metavar="COMMAND"
    )
    _command(users, "list", show)
    for name, act in (("passwd", passwd), ("disable", disable), ("enable", enable), ("remove", remove)):
        _command(users, name, act).add_argument("name", metavar="NAME", help="the user")
    for name, act in (("add", add), ("role", change_role)):
        parser = _command(users, name, act)
        parser.add_argument("name", metavar="NAME", help="the user")
        wanted = name == "role"
        told = "what the user may do" + ("" if wanted else " (default: user)")
        parser.add_argument("--role", choices=[*map(str, Role)], default="user", required=wanted, help=told)
    tokens = nouns.add_parser("token", help="API tokens", description=PLACE).add_subparsers(
        required=True, metavar="COMMAND"
    )
    parser = _command(tokens, "add", add_token)
    parser.add_argument("name", metavar="NAME", help="the user whose token it is")
    parser.add_argument(
        "--role", choices=[*map(str, Role)], help="at most the user's own, which it is if absent"
    )
    parser.add_argument("--label", default="command line", help="what the token is for")
    parser.add_argument("--days", type=int, help="days until it expires, 1 or more; absent: never")


def add(settings: Settings, chosen: Namespace) -> int:
    """Add a user; the password is asked for, or read from standard input."""
    from ratchet_web.server.access.passwords import hasher
    from ratchet_web.server.store import users
    from ratchet_web.server.store.codes import RoleCode
    from ratchet_web.server.store.errors import Duplicate

    if not is_name(chosen.name):
        raise ProblemError(f"{chosen.name!r} cannot be a user's name: it must match {NAME_PATTERN}")
    password_hash = hasher().hash(_password())
    with _writing(settings) as connection:
        try:
            users.insert(connection, chosen.name, RoleCode[chosen.role.upper()], password_hash, now_ms())
        except Duplicate:
            raise ProblemError(f"There is a user {chosen.name} already.") from None
    print(f"Added {chosen.name}, {chosen.role}.")
    return 0


def show(settings: Settings, _: Namespace) -> int:
    """List the users."""
    from ratchet_web.server.store import users
    from ratchet_web.server.store.codes import RoleCode

    with _writing(settings) as connection:
        rows = users.everyone(connection)
    if not rows:
        print("There are no users yet: ratchet-web server user add NAME --role admin", file=sys.stderr)
    for row in rows:
        print(
            f"{row.username}\t{RoleCode(row.role).name.lower()}\t{'' if row.enabled else 'disabled'}".rstrip()
        )
    return 0


def passwd(settings: Settings, chosen: Namespace) -> int:
    """Give a user another password; all sessions of the user end."""
    from ratchet_web.server.access.passwords import hasher

    _find(settings, chosen.name)
    return _change(settings, chosen.name, {"password_hash": hasher().hash(_password())}, "has a new password")


def disable(settings: Settings, chosen: Namespace) -> int:
    """Keep a user out: all sessions end, tokens are refused."""
    return _change(settings, chosen.name, {"enabled": False}, "is disabled")


def enable(settings: Settings, chosen: Namespace) -> int:
    """Let a user in again."""
    return _change(settings, chosen.name, {"enabled": True}, "is enabled")


def change_role(settings: Settings, chosen: Namespace) -> int:
    """Change what a user may do."""
    from ratchet_web.server.store.codes import RoleCode

    return _change(settings, chosen.name, {"role": RoleCode[chosen.role.upper()]}, f"is {chosen.role} now")


def remove(settings: Settings, chosen: Namespace) -> int:
    """Remove a user with all sessions and tokens."""
    from ratchet_web.server.store import users

    user = _find(settings, chosen.name)
    with _writing(settings) as connection, _some_admin_left(chosen.name):
        users.delete(connection, user.id)
    print(f"Removed {chosen.name}.")
    return 0


def add_token(settings: Settings, chosen: Namespace) -> int:
    """Make an API token for a user and print it; it is shown this once."""
    from ratchet_web.server.access.identity import hashed, new_token
    from ratchet_web.server.store import tokens
    from ratchet_web.server.store.codes import RoleCode, TokenCode
    from ratchet_web.server.store.errors import TooMany

    if chosen.days is not None and not 1 <= chosen.days <= DAYS_MOST:
        raise ProblemError(f"--days must be between 1 and {DAYS_MOST}.")
    user, secret, at_ms = _find(settings, chosen.name), new_token(), now_ms()
    role = RoleCode(user.role) if chosen.role is None else RoleCode[chosen.role.upper()]
    if role > user.role:
        raise ProblemError(
            f"{chosen.name} is only {RoleCode(user.role).name.lower()}: choose a lesser --role."
        )
    expires_at = None if chosen.days is None else at_ms + chosen.days * DAY_MS
    made = tokens.NewToken(user.id, TokenCode.API, hashed(secret), chosen.label, role, at_ms, expires_at)
    with _writing(settings) as connection:
        try:
            tokens.insert(connection, made)
        except TooMany:
            raise ProblemError(f"{chosen.name} has {tokens.TOKENS_MOST} tokens already.") from None
    print(secret)
    return 0


def _command(commands: "_Commands", name: str, act: Act) -> ArgumentParser:
    text = (act.__doc__ or "").strip().splitlines()[0]
    parser = commands.add_parser(name, help=text, description=text)
    parser.set_defaults(act=act)
    return parser


def _change(settings: Settings, name: str, values: dict[str, object], done: str) -> int:
    from ratchet_web.server.store import users

    user = _find(settings, name)
    with _writing(settings) as connection, _some_admin_left(name):
        users.update(connection, user.id, values, now_ms())
    print(f"{name} {done}.")
    return 0


@contextmanager
def _writing(settings: Settings) -> "Iterator[Connection]":
    from ratchet_web.server.first_start import beginning
    from ratchet_web.server.store.beside import writing
    from ratchet_web.server.store.errors import Unavailable, Unusable

    try:
        with writing(settings.data_dir, lambda: beginning(settings, now_ms())) as connection:
            yield connection
    except (Unavailable, Unusable) as error:
        raise ProblemError(str(error)) from error


@contextmanager
def _some_admin_left(name: str) -> Iterator[None]:
    from ratchet_web.server.store.errors import LastAdmin

    try:
        yield
    except LastAdmin:
        raise ProblemError(f"{name} is the last admin that may log in: make another one first.") from None


def _find(settings: Settings, name: str) -> "Row":
    from ratchet_web.server.store import users

    with _writing(settings) as connection:
        row = users.find_named(connection, name)
    if row is None:
        raise ProblemError(f"There is no user {name}.")
    return row


def _password() -> str:
    if sys.stdin.isatty():
        try:
            password, again = getpass("Password: "), getpass("Once more: ")
        except EOFError:
            raise ProblemError("No password was given: nothing was changed.") from None
        if password != again:
            raise ProblemError("These are two different passwords.")
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    if fault := password_fault(password):
        raise ProblemError(f"The password {fault}.")
    return password
