"""Who may do what with the token that we have. Nothing is done to find out."""

from ratchet_web.api import Conflict, Forbidden, Ratchet, RatchetError, reading
from ratchet_web.api.answers import Answer
from ratchet_web.cli.doctor.findings import Finding, Level, bad, note, ok
from ratchet_web.cli.doctor.reach import LIST, LOGIN, ONE_ROW, PROBE
from ratchet_web.cli.doctor.subject import Subject
from ratchet_web.models.dialect import Dialect, Tongue
from ratchet_web.models.users import Account, Role

TOPIC = "permissions"
GUARD = "Keep it behind a proxy that asks who comes"
MAY = {
    Role.READONLY: "may look only: who runs, cancels, changes or deletes something is refused",
    Role.SERVICE: "may look, run tasks and trigger schedules; who cancels or changes something is refused",
    Role.USER: "may do everything but manage users",
    Role.ADMIN: "may do everything, users included",
}


def refused(subject: Subject, error: Forbidden) -> Finding:
    """Return that the server, or a proxy before it, does not let us in."""
    if not subject.secrets and subject.people_sign_in:
        return note(TOPIC, "it wants a login, and people sign in with it; without a token no more is known")
    if not subject.secrets:
        advice = f"Set {subject.token_setting}, or RATCHET_WEB_AUTH=ratchet to let each person sign in"
        return bad(TOPIC, "it wants a login", advice)
    # A proxy says it with a web page.
    told = "" if error.message.startswith("<") else f": {error.message}"
    if error.status == 403:
        return bad(TOPIC, f"the token is not allowed to look{told}", "Give it a role that may")
    return bad(TOPIC, f"the token is refused{told}", f"Check {subject.token_setting}, or make a new token")


async def permissions(subject: Subject, ratchet: Ratchet, dialect: Dialect) -> Finding:
    """Return who may do what, where we may at least look."""
    if not subject.secrets:
        return open_to_all(subject, dialect)
    if dialect.tongue is Tongue.NATIVE:
        # No path of its own: if somebody minds that it is asked without a token, it is a proxy.
        asked = await _strangers_are_asked(subject, PROBE)
        return _behind_a_proxy() if asked else open_to_all(subject, dialect)
    try:
        return of_account(reading.one((await ratchet.look("/auth/me")).answer, Account))
    except Conflict:
        return open_to_all(subject, dialect)
    except Forbidden as error:
        return refused(subject, error)
    except RatchetError:
        asked = await _strangers_are_asked(subject, LIST)
    told = "it wants a login, and lets us look; it does not say what more we may"
    return note(TOPIC, told) if asked else open_to_all(subject, dialect)


def of_account(account: Account) -> Finding:
    """Return what the role of our token may do."""
    name = f" of {account.username}" if account.username else ""
    told = f"it wants a login, and the token{name} works: {account.role}, "
    if not account.role.known:
        return note(TOPIC, f"{told}a role that is not known here")
    if account.role.rank >= Role.USER.rank:
        return ok(TOPIC, told + MAY[account.role])
    return note(TOPIC, told + MAY[account.role], "If people are to act, give the console a token of a user")


def open_to_all(subject: Subject, dialect: Dialect) -> Finding:
    """Return that nobody is asked."""
    native = dialect.tongue is Tongue.NATIVE
    if subject.people_sign_in:
        told = "people are to sign in (RATCHET_WEB_AUTH=ratchet), but it has no login: nobody gets in"
        return bad(TOPIC, told, "Set RATCHET_WEB_AUTH=none, or switch its login on (RATCHET_SERVER_AUTH=on)")
    told = "no authentication" if native else "it wants no login"
    told += ", whatever token is sent" if subject.secrets else ""
    advice = GUARD if native else f"Switch its login on (RATCHET_SERVER_AUTH=on), or: {GUARD.lower()}"
    level = Level.NOTE if subject.is_here else Level.WARNING
    return Finding(level, TOPIC, f"{told}: everyone who reaches it can do everything", advice)


def _behind_a_proxy() -> Finding:
    told = "a proxy asks for the token, and it works; the server knows no roles: who passes can do everything"
    return ok(TOPIC, told)


async def _strangers_are_asked(subject: Subject, path: str) -> bool:
    async with subject.stranger() as stranger:
        try:
            look = await stranger.look(path, ONE_ROW if path == LIST else None)
        except RatchetError:
            return False
    return _asks(look.answer, look.location)


def _asks(answer: Answer, location: str) -> bool:
    return answer.status in LOGIN or bool(location)
