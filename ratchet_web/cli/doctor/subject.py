"""The server that is examined, and how it is reached."""

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from ratchet_web.api import Ratchet
from ratchet_web.api.addresses import base_of, public_of
from ratchet_web.api.retry import RetryPolicy
from ratchet_web.logic.origins import is_loopback

# Who waits for a diagnosis wants to know of the first failure.
ONCE = RetryPolicy(tries=1)


@dataclass(frozen=True)
class Subject:
    """`url` as it was given, user and password included; `name`, if the settings give it one.

    `transport` replaces the network, for tests. `people_sign_in`: the console has no token of its own.
    """

    url: str
    token: str | None = field(default=None, repr=False)
    timeout_s: float = 10.0
    transport: httpx.AsyncBaseTransport | None = None
    name: str = ""
    people_sign_in: bool = False

    def client(self, url: str = "") -> Ratchet:
        """Return a client with our token, of another address where one is given."""
        return Ratchet(
            url or self.url,
            token=self.token,
            timeout_s=self.timeout_s,
            transport=self.transport,
            retry=ONCE,
        )

    def stranger(self) -> Ratchet:
        """Return a client that does not say who we are."""
        return Ratchet(self.shown, timeout_s=self.timeout_s, transport=self.transport, retry=ONCE)

    @property
    def shown(self) -> str:
        """Return the address of the API, without user and password."""
        return public_of(base_of(self.url))

    @property
    def about(self) -> str:
        """Return what it is called above its findings."""
        return f"{self.name}={self.shown}" if self.name else self.shown

    @property
    def address_setting(self) -> str:
        """Return what its address is set with."""
        return f"{self.name} in RATCHET_SERVERS" if self.name else "RATCHET_API_URL"

    @property
    def token_setting(self) -> str:
        """Return what its token is set with."""
        return f"{self.name} in RATCHET_SERVER_TOKENS" if self.name else "RATCHET_API_TOKEN"

    def is_at(self, url: str) -> bool:
        """Return whether an address is of the same server, whatever its path."""
        other = Subject(url)
        return (self.secured, self.host, self.port) == (other.secured, other.host, other.port)

    @property
    def host(self) -> str:
        """Return the name or number of its machine."""
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        """Return its port."""
        parts = urlsplit(self.url)
        return parts.port or (443 if parts.scheme == "https" else 80)

    @property
    def secured(self) -> bool:
        """Return whether the address asks for TLS."""
        return urlsplit(self.url).scheme == "https"

    @property
    def is_here(self) -> bool:
        """Return whether it is on this machine."""
        return is_loopback(self.host)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return all that must not be shown."""
        written = urlsplit(self.url).password or ""
        return tuple(filter(None, (self.token, written, unquote(written))))

    @property
    def proxy(self) -> str:
        """Return the proxy of the environment that stands between, without its password; empty for none."""
        if self.is_here or proxy_bypass(self.host):
            return ""
        named = getproxies()
        return public_of(named.get(urlsplit(self.url).scheme) or named.get("all") or "")
