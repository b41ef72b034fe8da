"""Why nobody answered, and what a look at a server shows."""

import errno
import socket
import ssl
from contextlib import suppress
from datetime import UTC, datetime

import httpx
import pytest

from ratchet_web.api import Broken, Cause, Ratchet
from ratchet_web.api.causes import cause_of
from ratchet_web.api.looks import tls_of
from ratchet_web.models.dialect import Dialect
from tests.doubles.transport import Scripted, answer


def raised(outer: BaseException, inner: BaseException | None = None) -> BaseException:
    """Return an error as the layers of the network raise it around another."""
    outer.__cause__ = inner
    return outer


REFUSED = ConnectionRefusedError(errno.ECONNREFUSED, "refused")
TABLE = [
    (httpx.ConnectError("x"), None, Cause.REFUSED),
    (httpx.ConnectError("x"), REFUSED, Cause.REFUSED),
    (httpx.ConnectError("x"), ExceptionGroup("several", [REFUSED, REFUSED]), Cause.REFUSED),
    (httpx.ConnectError("x"), socket.gaierror(-2, "unknown"), Cause.NAME),
    (httpx.ConnectError("x"), OSError(errno.ENETUNREACH, "no way"), Cause.ROUTE),
    (
        httpx.ConnectError("x"),
        ExceptionGroup("several", [REFUSED, OSError(errno.EHOSTUNREACH, "")]),
        Cause.ROUTE,
    ),
    (httpx.ConnectError("x"), ssl.SSLCertVerificationError(1, "expired"), Cause.CERTIFICATE),
    (httpx.ConnectError("x"), ssl.SSLError(1, "WRONG_VERSION_NUMBER"), Cause.TLS),
    (httpx.ProxyError("403 Forbidden"), None, Cause.PROXY),
    (httpx.ReadError("reset"), ConnectionResetError(errno.ECONNRESET, "reset"), Cause.LOST),
    (httpx.RemoteProtocolError("no HTTP"), None, Cause.LOST),
]


@pytest.mark.parametrize(("outer", "inner", "cause"), TABLE)
def test_the_cause_is_read_from_what_led_to_the_error(
    outer: BaseException, inner: BaseException | None, cause: Cause
) -> None:
    assert cause_of(raised(outer, raised(OSError("All connection attempts failed"), inner))) is cause


async def test_a_look_returns_what_answers_good_or_not() -> None:
    server = Scripted()
    server.on(
        "/api/v1/x",
        answer(302, location="https://u:p@else.where/api/v1/x?state=s", date="Fri, 02 Jan 2026 03:04:05 GMT"),
    )
    async with Ratchet("http://ratchet.test", transport=server) as ratchet:
        look = await ratchet.look("/x")
        assert ratchet.spent().rest == 1
    assert (look.answer.status, look.location) == (302, "https://else.where/api/v1/x")
    assert look.date == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert look.halfway <= look.read_at
    assert look.tls is None
    assert len(server.requests) == 1


async def test_a_look_asks_a_failing_server_once() -> None:
    server = Scripted()
    server.on("/api/v1/x", answer(503, date="never"))
    async with Ratchet("http://ratchet.test", transport=server) as ratchet:
        look = await ratchet.look("/x")
    assert (look.answer.status, look.date, look.location, len(server.requests)) == (503, None, "", 1)


@pytest.mark.parametrize("date", ["Mon, 01 Jan 99999999999999999999 00:00:00 GMT", "Mon, 99 Jan 2026", "-"])
async def test_a_date_that_is_none_is_no_date(date: str) -> None:
    server = Scripted()
    server.on("/api/v1/x", answer(200, date=date))
    async with Ratchet("http://ratchet.test", transport=server) as ratchet:
        assert (await ratchet.look("/x")).date is None


@pytest.mark.parametrize("status", [300, 302, 304, 308])
@pytest.mark.parametrize("location", ["http://[bad", "javascript:alert(1)", "mailto:ann@else.where", "x:y"])
async def test_a_redirect_to_what_is_no_address_harms_nobody(status: int, location: str) -> None:
    server = Scripted()
    server.on("/api/v1/tasks/7", *[answer(status, location=location)] * 2)
    async with Ratchet("http://ratchet.test", transport=server, dialect=Dialect()) as ratchet:
        with pytest.raises(Broken):
            await ratchet.tasks.get("7")
        with suppress(Broken):
            assert "[" not in (await ratchet.look("/tasks/7")).location


def test_a_certificate_tells_its_issuer_and_its_end() -> None:
    issuer = ((("countryName", "US"),), (("organizationName", "Let's Encrypt"),), (("commonName", "R3"),))
    tls = tls_of("TLSv1.3", {"issuer": issuer, "notAfter": "Jan  5 09:34:43 2030 GMT"})
    assert (tls.protocol, tls.issuer) == ("TLSv1.3", "R3, Let's Encrypt")
    assert tls.expires == datetime(2030, 1, 5, 9, 34, 43, tzinfo=UTC)
    assert tls_of("TLSv1.2", {}) == tls_of("TLSv1.2", {"issuer": ()})
