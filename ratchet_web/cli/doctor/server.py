"""Examines one server: asks little, changes nothing."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

from ratchet_web.api import Forbidden, Limited, Ratchet, RatchetError
from ratchet_web.api.native.dialect import ALLOWANCE, DAY_LIMIT
from ratchet_web.cli.doctor import access, pages, reach, timing, tls
from ratchet_web.cli.doctor.findings import Finding, bad, note, ok, warning
from ratchet_web.cli.doctor.report import Report, plain
from ratchet_web.cli.doctor.subject import Subject
from ratchet_web.models.dialect import Ability, Dialect, Spent, Tongue


async def examine(subject: Subject) -> Report:
    """Return what was found about a server; no text holds a secret of the subject's."""
    try:
        client = subject.client()
    except ValueError as error:
        advice = "Look at SSL_CERT_FILE, and at HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY"
        return plain(Report(subject.about, (bad(reach.TOPIC, str(error), advice),)), subject.secrets)
    async with client as ratchet:
        findings = [finding async for finding in _examined(subject, ratchet)]
    return plain(Report(subject.about, tuple(findings)), subject.secrets)


async def _examined(subject: Subject, ratchet: Ratchet) -> AsyncIterator[Finding]:
    look, finding = await reach.reached(subject, ratchet)
    yield finding
    if look is None:
        return
    yield tls.of(subject, look.tls, datetime.now(UTC))
    try:
        dialect = await ratchet.dialect()
    except RatchetError as error:
        yield _shut(subject, error)
        return
    yield spoken(dialect, announced=look.answer.status == 200)
    yield await changes(ratchet, dialect)
    yield await health(ratchet, dialect)
    failures = await pages.read(ratchet)
    yield await _permissions(subject, ratchet, dialect, failures.get("tasks"))
    for finding in pages.judged(dialect, failures):
        yield finding
    yield timing.clock(await timing.skew_s(ratchet, look))
    yield await _latency(ratchet)
    yield budget(dialect, ratchet.spent())


def _shut(subject: Subject, error: RatchetError) -> Finding:
    match error:
        case Forbidden():
            return access.refused(subject, error)
        case Limited():
            return bad("budget", str(error), reach.WAIT)
        case _:
            return bad("dialect", f"it could not be found out: {error}")


def spoken(dialect: Dialect, announced: bool) -> Finding:
    """Return which server it is, and how it speaks. `announced`: it says itself what it offers."""
    topic = "dialect"
    name = f"{dialect.server} {dialect.version}".strip()
    if dialect.tongue is Tongue.CONTRACT:
        named = f"{name}: " if name else ""
        if announced:
            return ok(topic, f"{named}as the contract has it, and it says what it offers beyond that")
        return note(topic, f"{named}as the contract has it; it does not say that it offers more")
    if dialect.graphql:
        return ok(topic, f"{name}: the native server, read by GraphQL")
    return warning(
        topic,
        f"{name}: the native server, without GraphQL: each list that is read costs of its small budget",
        "Let a proxy before it pass /graphql, or switch it on in the server",
    )


async def changes(ratchet: Ratchet, dialect: Dialect) -> Finding:
    """Return how changes reach the console; where they are announced, the stream is opened once."""
    topic = "changes"
    if not dialect.can(Ability.EVENTS):
        return note(topic, "looked for, every few seconds to a minute: the server does not announce them")
    try:
        async with ratchet.monitoring.events():
            return ok(topic, "announced by the server: what is shown follows at once")
    except RatchetError as error:
        return warning(
            topic,
            f"announced, but the stream does not open ({error}): the console looks for them now and then",
            "Let a proxy before it pass /events without collecting it first (nginx: proxy_buffering off)",
        )


async def health(ratchet: Ratchet, dialect: Dialect) -> Finding:
    """Return how the server says that it is."""
    topic = "health"
    try:
        told = await ratchet.monitoring.health()
    except RatchetError as error:
        return warning(topic, f"it does not say how it is: {error}")
    unwell = [
        f"{check.name}: {check.message or check.status}" for check in told.checks if check.status != "healthy"
    ]
    text = "; ".join([told.status, *unwell])
    if not dialect.can(Ability.HEALTH):
        return note(topic, f"{text}: {dialect.cannot[Ability.HEALTH]}")
    match told.status:
        case "unhealthy":
            return bad(topic, text, "Look into the log of the server")
        case "degraded":
            return warning(topic, text, "Look into the log of the server")
        case _:
            return ok(topic, text)


async def _permissions(
    subject: Subject, ratchet: Ratchet, dialect: Dialect, error: RatchetError | None
) -> Finding:
    if isinstance(error, Forbidden):
        return access.refused(subject, error)
    return await access.permissions(subject, ratchet, dialect)


async def _latency(ratchet: Ratchet) -> Finding:
    try:
        return timing.latency(await timing.measured_s(ratchet))
    except RatchetError as error:
        return warning("latency", f"not measured: {error}")


def budget(dialect: Dialect, spent: Spent) -> Finding:
    """Return how many requests the server allows, and how many this examination was."""
    topic = "budget"
    took = f"this examination took {spent.rest}"
    took += f", and {spent.graphql} by GraphQL, which are not counted" if spent.graphql else ""
    if spent.refused:
        return warning(topic, f"the server refused {spent.refused} requests as too many; {took}", reach.WAIT)
    if not dialect.limited:
        return ok(topic, f"the server tells of no limit; {took} requests" if not spent.graphql else took)
    console, people = ALLOWANCE.per_day, ALLOWANCE.kept_today
    return note(
        topic,
        f"{DAY_LIMIT:,} requests a day (UTC) for all callers together: the console looks with at most "
        f"{console:,}, keeps {people:,} for what people do, and leaves {DAY_LIMIT - console - people:,} "
        f"to others; {took}",
    )
