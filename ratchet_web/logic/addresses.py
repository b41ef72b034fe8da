"""Addresses of pages: which server they name, and which are ours."""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

SERVER = "server"
SIGN_IN = "/login"
MOST_CHARS = 2000
# Who has signed in is not led to the sign-in again, nor to an answer that is no page.
_SIGN_IN = re.compile(r"/(login|console)(?![\w-])", re.IGNORECASE)


def on_server(address: str, server: str) -> str:
    """Return the address of the same page on this server; the empty name names none."""
    parts = urlsplit(address)
    params = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if k != SERVER]
    named = [*params, (SERVER, server)] if server else params
    return parts._replace(query=urlencode(named)).geturl()


def names_one(address: str) -> bool:
    """Return whether an address names a server, and names it once."""
    return [k for k, _ in parse_qsl(urlsplit(address).query, keep_blank_values=True)].count(SERVER) == 1


def local_path(text: object, otherwise: str = "/") -> str:
    """Return `text` if it is the address of a page of ours, and of no other host; else `otherwise`.

    Browsers read a backslash as a slash and leave out control characters: `/\\t/host` is another host.
    """
    if not isinstance(text, str) or not 1 <= len(text) <= MOST_CHARS or not text.isprintable():
        return otherwise
    if not text.startswith("/") or text.startswith("//") or "\\" in text:
        return otherwise
    return otherwise if _SIGN_IN.match(text) else text


def back_to(text: object, server: str) -> str:
    """Return where somebody is led who signed in on a server: the page that they wanted, or the first one.

    It is of that server, unless it names one itself.
    """
    wanted = local_path(text)
    return wanted if names_one(wanted) else on_server(wanted, server)


def sign_in_address(server: str, page: str) -> str:
    """Return the address of the page that signs in to a server and then leads back."""
    pairs = ((SERVER, server), ("next", "" if page == "/" else page))
    given = urlencode([(name, value) for name, value in pairs if value])
    return f"{SIGN_IN}?{given}" if given else SIGN_IN


def with_param(address: str, name: str, value: str) -> str:
    """Return an address with one parameter set, or removed where the value is empty."""
    parts = urlsplit(address)
    params = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if k != name]
    query = urlencode([*params, (name, value)] if value else params)
    return parts._replace(query=query).geturl()
