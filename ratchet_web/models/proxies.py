"""Reverse proxies that say who sends a request: which are believed, and what they may say."""

import re
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from ratchet_web.models.users import Role

Networks = tuple[IPv4Network | IPv6Network, ...]
# What people call the roles of a console; it has no use for the one of programs.
ROLES: Final[Mapping[str, Role]] = {"reader": Role.READONLY, "operator": Role.USER, "admin": Role.ADMIN}
NAME_MOST = 200
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")


def networks(text: str) -> Networks:
    """Return addresses and networks with commas between.

    Raises:
        ValueError: one of them is none, or is everybody.
    """
    found = tuple(_network(part) for each in text.split(",") if (part := each.strip()))
    if any(each.prefixlen == 0 for each in found):
        raise ValueError("names everybody: anybody could say who they are")
    return found


def is_within(address: str, known: Networks) -> bool:
    """Return whether an address of a peer lies in one of these; an IPv4 one may come as `::ffff:10.0.0.1`."""
    try:
        peer = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(peer, IPv6Address) and peer.ipv4_mapped:
        peer = peer.ipv4_mapped
    return any(peer in each for each in known)


def is_header_name(text: str) -> bool:
    """Return whether this can be the name of a header."""
    return _HEADER.fullmatch(text) is not None


def named_roles(text: str) -> dict[str, Role]:
    """Return the roles by what a proxy calls them, in lower case: `ops=operator, root=admin`.

    Raises:
        ValueError: it says something else.
    """
    found: dict[str, Role] = {}
    for each in filter(None, (part.strip() for part in text.split(","))):
        name, equals, role = (part.strip().lower() for part in each.rpartition("="))
        if not (name and equals and role in ROLES):
            raise ValueError("must be name=role with commas between; roles are reader, operator and admin")
        found[name] = ROLES[role]
    return found


def role_in(header: str | None, known: Mapping[str, Role]) -> Role | None:
    """Return the greatest role that a header names: a reader's where it is absent, None where it has none."""
    given = [part for each in (header or "").split(",") if (part := each.strip().lower())]
    if not given:
        return Role.READONLY
    return max((known[each] for each in given if each in known), key=lambda role: role.rank, default=None)


def name_in(header: str | None) -> str:
    """Return who a header names; empty where that is nobody, or nothing that could be shown."""
    name = _as_sent(header or "").strip()
    return name if len(name) <= NAME_MOST and name.isprintable() else ""


def _as_sent(header: str) -> str:
    """Return the text of a header, of which ASGI has the bytes: UTF-8 where it is that, else Latin-1."""
    try:
        return header.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return header


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        raise ValueError(
            f"{text[:60]!r} is no address and no network, such as 127.0.0.1 or 10.1.0.0/16"
        ) from None
