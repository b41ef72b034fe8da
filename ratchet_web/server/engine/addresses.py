"""Keeps fetch away from loopback and private addresses, whatever name leads there."""

import asyncio
import ipaddress
import socket
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property

import httpx

from ratchet_web.models.hosts import AllowedHosts, IPAddress

CONNECTIONS = 100
# Names that take long to look up must not hold up the server's other threads.
LOOKUPS = 8

_GLOBAL = ipaddress.ip_network("2000::/3")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
# The first is for protocols, and some clouds answer there with what a machine's own programs may know: Python
# 3.11 takes most of it for public. The second is public by its number, but Azure's own behind each machine.
_NEAR = (ipaddress.ip_network("192.0.0.0/24"), ipaddress.ip_network("168.63.129.16/32"))
# Documentation, which older Pythons do not know.
_NEAR_6 = ipaddress.ip_network("3fff::/20")


class RefusedAddress(httpx.ConnectError):
    """The host is, or resolves to, an address that tasks may not reach."""


class GuardedTransport(httpx.AsyncBaseTransport):
    """Resolves each host once, refuses what is not public or allowed, and connects to what it checked.

    Every redirect passes here too. Connections are not kept: one that was opened for a host must not
    serve another that happens to have the same address. `own` is the one address of this server that tasks
    may always read.
    """

    def __init__(self, allowed: AllowedHosts, own: str = "") -> None:
        self._allowed, self._own = allowed, own
        self._resolvers = ThreadPoolExecutor(LOOKUPS, "fetch-resolver")

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request to an address that may be reached.

        Raises:
            RefusedAddress: there is none.
        """
        host = request.url.raw_host.decode("ascii")
        port = request.url.port or (443 if request.url.scheme == "https" else 80)
        addresses = await self._addresses(host, port)
        if not self._asks_for_own_health(request):
            for address in addresses:
                self._check(host, port, address)
        direct = httpx.Request(
            request.method,
            request.url.copy_with(host=str(addresses[0])),
            headers=request.headers,
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": host},
        )
        return await self._inner.handle_async_request(direct)

    async def aclose(self) -> None:
        """Close every connection."""
        self._resolvers.shutdown(wait=False, cancel_futures=True)
        if "_inner" in vars(self):
            await self._inner.aclose()

    @cached_property
    def _inner(self) -> httpx.AsyncHTTPTransport:
        # Only once there is a request: the certificates of the world take long to read.
        limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=0)
        return httpx.AsyncHTTPTransport(limits=limits)

    def _asks_for_own_health(self, request: httpx.Request) -> bool:
        return request.method in ("GET", "HEAD") and str(request.url) == self._own

    def _check(self, host: str, port: int, address: IPAddress) -> None:
        if not is_public(address) and not self._allowed.allow(host, port, address):
            raise RefusedAddress(
                f"{host} ({address}) is a private address, which this server refuses: "
                "RATCHET_FETCH_ALLOW names those that it allows"
            )

    async def _addresses(self, host: str, port: int) -> list[IPAddress]:
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(self._resolvers, _look_up, host, port)
        except (OSError, UnicodeError, OverflowError) as error:
            raise httpx.ConnectError(f"{host} is not known") from error
        return [ipaddress.ip_address(place.partition("%")[0]) for place in found]


def is_public(address: IPAddress) -> bool:
    """Whether an address, and any IPv4 address that it carries, belongs to the public internet."""
    if isinstance(address, ipaddress.IPv4Address):
        near = address.is_multicast or any(address in network for network in _NEAR)
        return address.is_global and not near
    if address in _NAT64:
        return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    if address.ipv4_mapped is not None:
        return is_public(address.ipv4_mapped)
    carried = [address.sixtofour, *(address.teredo or ())]
    known = all(inner is None or is_public(inner) for inner in carried)
    return known and address in _GLOBAL and address not in _NEAR_6 and address.is_global


def _look_up(host: str, port: int) -> list[str]:
    return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
