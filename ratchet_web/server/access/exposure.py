"""Whether this server wants a login, and whether it may start as it is set up."""

import logging

from ratchet_web.logic.origins import is_loopback, own_names
from ratchet_web.settings import Settings

log = logging.getLogger(__name__)

FIRST_USER = "`ratchet-web server user add NAME --role admin` makes the first one"


class ExposedError(Exception):
    """The server would be open to everybody who reaches it; the message says what to set."""


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
    """Return the names by which requests may call this server, None for any: a token no foreign page has."""
    if wants_login(settings) or not is_loopback(settings.server_host):
        return None
    return own_names(settings.server_host, settings.server_allowed_hosts)
