"""Addresses of pages: which server they name."""

from urllib.parse import parse_qsl, urlencode, urlsplit

SERVER = "server"


def on_server(address: str, server: str) -> str:
    """Return the address of the same page on this server; the empty name names none."""
    parts = urlsplit(address)
    params = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if k != SERVER]
    named = [*params, (SERVER, server)] if server else params
    return parts._replace(query=urlencode(named)).geturl()


def names_one(address: str) -> bool:
    """Return whether an address names a server, and names it once."""
    return [k for k, _ in parse_qsl(urlsplit(address).query, keep_blank_values=True)].count(SERVER) == 1


def with_param(address: str, name: str, value: str) -> str:
    """Return an address with one parameter set, or removed where the value is empty."""
    parts = urlsplit(address)
    params = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if k != name]
    query = urlencode([*params, (name, value)] if value else params)
    return parts._replace(query=query).geturl()
