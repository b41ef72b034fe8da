"""Whether a Ratchet answers at an address, and what else it may be that answers, or does not."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urlsplit

from ratchet_web.api import Cause, Limited, Ratchet, RatchetError, Unreachable
from ratchet_web.api.addresses import PREFIX
from ratchet_web.api.answers import Answer
from ratchet_web.api.causes import distrust
from ratchet_web.api.looks import Look
from ratchet_web.cli.doctor import tls
from ratchet_web.cli.doctor.findings import Finding, bad, note, ok
from ratchet_web.cli.doctor.subject import Subject
from ratchet_web.models.tasks import TaskQuery

TOPIC = "reachability"
# Every server answers this in some way, and the native one does not count it: it has no such path.
PROBE = "/capabilities"
ONE_TASK = TaskQuery(limit=1, sort="id")
LIST, ONE_ROW = "/tasks", ONE_TASK.params()
UNKNOWN = (404, 405)
GATEWAY = (502, 503, 504)
LOGIN = (401, 403)
CONNECT_S = 2.0
WAIT = "Wait until the limit allows more, and ask it less"
EXAMPLE = "http://host:8080/api/v1"


async def reached(subject: Subject, ratchet: Ratchet) -> tuple[Look | None, Finding]:
    """Return the first look at the server, None where no Ratchet answers, and what to say of it."""
    try:
        look = await ratchet.look(PROBE)
        fault = _fault(subject, look)
        if fault is None and look.answer.status in UNKNOWN:
            listed = await ratchet.look(LIST, ONE_ROW)
            fault = _fault(subject, listed)
            if listed.answer.status in UNKNOWN or (fault and listed.answer.is_page):
                fault = await _wrong_path(subject, listed.answer)
    except Unreachable as error:
        return None, await _silent(subject, error)
    except RatchetError as error:
        return None, bad(TOPIC, f"what answers cannot be read: {error}")
    return (None, fault) if fault else (look, _answers(subject))


def _answers(subject: Subject) -> Finding:
    told = f"{subject.shown} answers"
    return note(TOPIC, f"{told}, through the proxy {subject.proxy}") if subject.proxy else ok(TOPIC, told)


def _fault(subject: Subject, look: Look) -> Finding | None:
    """Return why what answered is no API of a Ratchet; None if it may be one."""
    answer = look.answer
    if look.location:
        return _redirected(subject, look.location)
    if answer.status in (*LOGIN, *UNKNOWN):
        return None
    if answer.status in GATEWAY:
        return bad(
            TOPIC,
            f"a proxy answers in place of the server ({answer.status})",
            "Start the server, and check to which address the proxy passes requests",
        )
    if answer.is_page:
        return bad(
            TOPIC,
            f"a web page answers ({answer.status}) in place of an API",
            f"The address must be that of the API, such as {EXAMPLE}, not of a console; "
            "a proxy before the server must let the API through",
        )
    try:
        answer.payload()
    except RatchetError as error:
        advice = WAIT if isinstance(error, Limited) else "Look into the log of the server"
        return bad(TOPIC, f"{error} ({answer.status})", advice)
    return None


def _redirected(subject: Subject, location: str) -> Finding:
    told = f"it redirects to {location}, and redirects are not followed"
    if location.endswith(PROBE):
        return bad(TOPIC, told, f"Set {subject.address_setting} to {location.removesuffix(PROBE)}")
    return bad(
        TOPIC, told, "If that is a login page, let the proxy before the server pass requests with a token"
    )


async def _wrong_path(subject: Subject, answer: Answer) -> Finding:
    page = ", but a web page" if answer.is_page else ""
    told = f"there is no API of a Ratchet at {subject.shown} ({answer.status} for {LIST}{page})"
    for candidate in _candidates(subject):
        if await _has_api(subject, candidate):
            return bad(TOPIC, told, f"Set {subject.address_setting} to {candidate}: there is one")
    return bad(TOPIC, told, f"The address must be that of the API, which mostly ends with {PREFIX}")


def _candidates(subject: Subject) -> Iterator[str]:
    parts = urlsplit(subject.shown)
    paths = (f"{parts.path.rstrip('/')}{PREFIX}", PREFIX)
    yield from (parts._replace(path=path).geturl() for path in dict.fromkeys(paths) if path != parts.path)


async def _has_api(subject: Subject, url: str) -> bool:
    with suppress(RatchetError):
        # It is another path only: what may see our token stays the same.
        async with subject.client(url) as ratchet:
            answer = (await ratchet.look(LIST, ONE_ROW)).answer
        return not answer.is_page and answer.status in (200, *LOGIN)
    return False


async def _silent(subject: Subject, error: Unreachable) -> Finding:
    if (distrusted := distrust(error)) is not None:
        return tls.distrusted(distrusted)
    if subject.proxy:
        advice = f"Requests go through the proxy {subject.proxy} of this machine's environment: check it"
        return bad(TOPIC, str(error), f"{advice}, or set NO_PROXY={subject.host}")
    if error.cause is Cause.LATE and subject.transport is None:
        return await _late(subject, error)
    return bad(TOPIC, str(error), _advice(subject, error.cause))


def _advice(subject: Subject, cause: Cause) -> str:
    match cause:
        case Cause.NAME:
            return f"Check the spelling of {subject.host}, and the name service of this machine"
        case Cause.REFUSED:
            return f"Start the server, or check host and port: nobody listens at port {subject.port}"
        case Cause.ROUTE:
            return f"Check the network, or whether {subject.host} is the right host"
        case Cause.TLS:
            return "If the server speaks no TLS, write http:// in place of https://"
        case Cause.LOST if not subject.secured:
            return "If the server speaks TLS, write https:// in place of http://; else look into its log"
        case Cause.LATE:
            return "Look whether the server hangs"
        case _:
            return "Look into the log of the server"


async def _late(subject: Subject, error: Unreachable) -> Finding:
    """Tell a server that says nothing from packets that get lost."""
    try:
        async with asyncio.timeout(min(CONNECT_S, subject.timeout_s)):
            _, writer = await asyncio.open_connection(subject.host, subject.port)
    except (OSError, TimeoutError):
        told = f"{error}, not even to the attempt to connect"
        return bad(TOPIC, told, "Check host and port, and whether a firewall drops what is sent there")
    writer.close()
    told = f"{error}, though it takes connections"
    speaks = " and speaks TLS" if subject.secured else ""
    advice = f"Look whether the server hangs, and whether port {subject.port} is its own{speaks}"
    return bad(TOPIC, told, advice)
