"""Keeps fetch away from loopback and private addresses, whatever name leads there."""

import asyncio
import ipaddress
import socket

import httpx

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class RefusedAddress(httpx.ConnectError):
    """The host is, or resolves to, an address that tasks may not reach."""


class PublicTransport(httpx.AsyncBaseTransport):
    """Resolves each host once, refuses private addresses, and connects to the very address it checked.

    Every redirect passes here too. Connections are not kept: one that was opened for a host must not
    serve another that happens to have the same address.
    """

    def __init__(self) -> None:
        self._inner = httpx.AsyncHTTPTransport(limits=httpx.Limits(max_keepalive_connections=0))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request to a public address.

        Raises:
            RefusedAddress: there is none.
        """
        host = request.url.host
        address = await _public_address(host, request.url.port or _default_port(request.url))
        direct = httpx.Request(
            request.method,
            request.url.copy_with(host=str(address)),
            headers=request.headers,
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": host},
        )
        return await self._inner.handle_async_request(direct)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._inner.aclose()


def is_public(address: IPAddress) -> bool:
    """Whether an address, and any IPv4 address that it carries, belongs to the public internet."""
    if not address.is_global or address.is_multicast:
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return True
    carried = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _NAT64:
        carried.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return all(inner is None or is_public(inner) for inner in carried)


async def _public_address(host: str, port: int) -> IPAddress:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        raise httpx.ConnectError(f"{host} is not known") from error
    addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    for address in addresses:
        if not is_public(address):
            raise RefusedAddress(f"{host} ({address}) is a private address, which this server refuses")
    return addresses[0]


def _default_port(url: httpx.URL) -> int:
    return 443 if url.scheme == "https" else 80
