"""Addresses of servers: what is asked, what people may see of it, who is trusted there."""

import ssl
from urllib.parse import unquote, urlsplit

import httpx

PREFIX = "/api/v1"


def base_of(url: str) -> str:
    """Return the address below which the API's paths lie; a bare `http://host` gets the contract's prefix.

    Raises:
        ValueError: it is no http(s) address.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or not _can_be_asked(url):
        raise ValueError(f"{url!r} is no http(s) address")
    path = parts.path.rstrip("/") or PREFIX
    return f"{parts.scheme}://{parts.netloc}{path}"


def _can_be_asked(url: str) -> bool:
    """Whether httpx can read an address, and its port may be one: later that would be no error of ours."""
    try:
        host, _port = httpx.URL(url).host, urlsplit(url).port
    except (httpx.InvalidURL, ValueError):
        return False
    return bool(host)


def login(url: str) -> tuple[str, str] | None:
    """Return the user and password of an address."""
    parts = urlsplit(url)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return (user, password) if user or password else None


def public_of(url: str) -> str:
    """Return an address without user and password."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def trust(url: str) -> ssl.SSLContext | bool:
    """Return which certificates are trusted: those of certifi, or of `SSL_CERT_FILE`.

    Redirects are never followed, so a plain local address needs none (0.1 s to load).
    """
    return not is_loopback(url) if url.startswith("http:") else httpx.create_ssl_context()


def is_loopback(url: str) -> bool:
    """Return whether an address leads to this machine."""
    host = urlsplit(url).hostname or ""
    return host in ("localhost", "::1") or host.startswith("127.")
