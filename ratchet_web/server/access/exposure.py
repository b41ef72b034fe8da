"""Whether this server wants a login, and whether it may start as it is set up."""

import logging
from collections.abc import Iterable
from ipaddress import ip_address

from ratchet_web.settings import Settings

log = logging.getLogger(__name__)

FIRST_USER = "`ratchet-web server user add NAME --role admin` makes the first one"


class ExposedError(Exception):
    """The server would be open to everybody who reaches it; the message says what to set."""


def is_loopback(host: str) -> bool:
    """Return whether only this machine reaches what listens on `host`."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def wants_login(settings: Settings) -> bool:
    """Return whether requests need a token."""
    if settings.server_auth == "auto":
        return not is_loopback(settings.server_host) or settings.web_auth == "ratchet"
    return settings.server_auth == "on"


def check_exposure(settings: Settings) -> None:
    """Refuse to be open to other machines without a login, unless that is really meant.

    Raises:
        ExposedError: `off` on an address that others may reach.
    """
    if wants_login(settings) or is_loopback(settings.server_host):
        return
    if not settings.server_insecure:
        raise ExposedError(
            f"RATCHET_SERVER_AUTH=off on {settings.server_host or 'every address'} would let everybody who "
            "reaches this machine run code on it: leave RATCHET_SERVER_AUTH at auto, or, if that is meant, "
            "set RATCHET_SERVER_INSECURE=true"
        )
    log.warning("Everybody who reaches %s may do everything: no login is asked for", settings.server_host)


def served_hosts(settings: Settings) -> frozenset[str] | None:
    """Return the names by which requests may call this server, None for any.

    A page of another site can give its own name the address 127.0.0.1 and so speak to a server that trusts
    this machine (DNS rebinding); what gives it away is the name in `Host`. A token no such page has.
    """
    if wants_login(settings) or not is_loopback(settings.server_host):
        return None
    added = (name.strip() for name in settings.server_allowed_hosts.split(","))
    return frozenset(_lower(["localhost", "127.0.0.1", "::1", settings.server_host, *filter(None, added)]))


def host_name(header: str) -> str:
    """Return the name in a `Host` header, without port and brackets."""
    name = header.strip().lower()
    if name.startswith("["):
        return name[1:].partition("]")[0]
    return name.partition(":")[0].rstrip(".")


def _lower(names: Iterable[str]) -> Iterable[str]:
    return (name.lower().strip("[]") for name in names)
