"""A look at a server from outside: what a good answer hides."""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

from ratchet_web.api.answers import Answer


@dataclass(frozen=True, slots=True)
class Tls:
    """How a connection is kept secret. `issuer` of the certificate is empty where it does not say."""

    protocol: str
    issuer: str
    expires: datetime | None


@dataclass(frozen=True, slots=True)
class Look:
    """One answer, good or not.

    `location` is where it redirects to, without query and password; `date` is the server's own time, to the
    second; `read_at` is ours when all was read, and `took` the time since it was asked.
    """

    answer: Answer
    location: str
    date: datetime | None
    read_at: datetime
    took: timedelta
    tls: Tls | None

    @property
    def halfway(self) -> datetime:
        """Return our time when the server probably looked at its own."""
        return self.read_at - self.took / 2


def looked(response: httpx.Response, answer: Answer, took: timedelta) -> Look:
    """Return what an answer shows that was read to its end just now, `took` after it was asked for."""
    stream = response.extensions.get("network_stream")
    secured = stream.get_extra_info("ssl_object") if stream is not None else None
    return Look(
        answer=answer,
        location=_location(response),
        date=_date(response.headers.get("date", "")),
        read_at=datetime.now(UTC),
        took=took,
        tls=tls_of(secured.version() or "", secured.getpeercert() or {}) if secured is not None else None,
    )


def tls_of(protocol: str, certificate: dict[str, Any]) -> Tls:
    """Return what a certificate says, as `ssl` tells it."""
    names = {name: value for part in certificate.get("issuer", ()) for name, value in part}
    issuer = [names[name] for name in ("commonName", "organizationName") if names.get(name)]
    ends = certificate.get("notAfter")
    expires = datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), UTC) if ends else None
    return Tls(protocol, ", ".join(issuer), expires)


def _location(response: httpx.Response) -> str:
    given = str(response.headers.get("location", ""))
    if not given or not 300 <= response.status_code < 400:
        return ""
    try:
        parts = urlsplit(urljoin(str(response.request.url), given))
    except ValueError:
        return ""
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()


def _date(header: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(header)
    except (ValueError, OverflowError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
