"""Which hosts beyond the public internet may be reached."""

import ipaddress
import re
from dataclasses import dataclass
from typing import Self

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NAME = re.compile(r"(?!-)[a-z0-9_-]+(\.[a-z0-9_-]+)*")
_WITH_PORT = re.compile(r"(?:\[(?P<v6>[^\]]+)\]|(?P<host>[^:/\[\]]+)):(?P<port>\d{1,5})")


@dataclass(frozen=True)
class Entry:
    """A name or a network, on one port or on all."""

    host: str | Network
    port: int | None = None


@dataclass(frozen=True)
class AllowedHosts:
    """A list of names (`build.local`), addresses and networks (`10.0.0.0/8`), each with a port if need be."""

    entries: tuple[Entry, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the list that a text names, its entries parted by commas.

        Raises:
            ValueError: one of them is no host; the message names it.
        """
        return cls(tuple(_entry(part.strip()) for part in text.split(",") if part.strip()))

    def allow(self, host: str, port: int, address: IPAddress) -> bool:
        """Return whether a host, which stands at this address, may be reached at this port."""
        name = host.lower().rstrip(".")
        plain = getattr(address, "ipv4_mapped", None) or address
        return any(
            entry.port in (None, port)
            and (entry.host == name if isinstance(entry.host, str) else plain in entry.host)
            for entry in self.entries
        )


def _entry(text: str) -> Entry:
    found = _WITH_PORT.fullmatch(text)
    if found is None:
        return Entry(_host(text.removeprefix("[").removesuffix("]"), text))
    port = int(found["port"])
    if not 0 < port < 1 << 16:
        raise ValueError(f"{text[:80]!r} names no port from 1 to 65535")
    return Entry(_host(found["v6"] or found["host"], text), port)


def _host(host: str, text: str) -> str | Network:
    try:
        return ipaddress.ip_network(host)
    except ValueError as error:
        name = host.lower().rstrip(".")
        # What looks like a number or a network and is none would be a name that nothing ever matches.
        if not _NAME.fullmatch(name) or name.replace(".", "").isdecimal():
            raise ValueError(
                f"{text[:80]!r} is no host, host:port or network (such as 10.0.0.0/8): {error}"
            ) from error
        return name
