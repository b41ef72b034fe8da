"""The servers that one console knows, by the names that people give them."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from pydantic import AnyHttpUrl, SecretStr, TypeAdapter, ValidationError

NAME = re.compile(r"[a-z0-9-]{1,30}")
_ADDRESS = TypeAdapter(AnyHttpUrl)


@dataclass(frozen=True)
class KnownServer:
    """A server with the address of its API; where a console knows only one, it may have no name."""

    name: str
    url: str
    token: SecretStr | None = None


def known_servers(text: str, tokens: str = "") -> tuple[KnownServer, ...]:
    """Return the servers of `name=url,…`, in their order, each with its token of `name=token,…`.

    Raises:
        ValueError: one of them is none; the message tells which, and nothing of a token.
    """
    urls = _urls(text)
    secrets = _tokens(tokens, urls)
    return tuple(KnownServer(name, url, secrets.get(name)) for name, url in urls.items())


def chosen(names: Collection[str], asked: str) -> str | None:
    """Return the name that an address means: the first where it asks for none, None for a strange one."""
    wanted = asked or next(iter(names), "")
    return wanted if wanted in names else None


def fits_header(token: str) -> bool:
    """Return whether a token can be sent at all: printable ASCII on one line."""
    return token.isascii() and token.isprintable()


def under(server: str, name: str) -> str:
    """Return a name that is unique among all servers; as it is where the server has none.

    The browser does the same (`assets/server_address.js`).
    """
    return f"{server}:{name}" if server else name


def _urls(text: str) -> dict[str, str]:
    urls: dict[str, str] = {}
    for number, name, url in _pairs(text):
        if not NAME.fullmatch(name):
            raise ValueError(f"entry {number} needs a name of at most 30 of a-z, 0-9 and -, then = and a URL")
        if name in urls:
            raise ValueError(f"{name} is named twice")
        try:
            urls[name] = str(_ADDRESS.validate_python(url)).rstrip("/")
        except ValidationError as error:
            raise ValueError(f"{name} has no http(s) URL: {error.errors()[0]['msg']}") from None
    return urls


def _tokens(text: str, urls: Mapping[str, str]) -> dict[str, SecretStr]:
    tokens: dict[str, SecretStr] = {}
    for number, name, token in _pairs(text):
        # Even the name may be part of a secret that was written without one.
        if name not in urls:
            raise ValueError(f"entry {number} names no server of RATCHET_SERVERS")
        if not token or name in tokens:
            raise ValueError(f"{name} needs one token")
        if not fits_header(token):
            raise ValueError(f"the token of {name} holds what no header can carry")
        tokens[name] = SecretStr(token)
    return tokens


def _pairs(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield the number of each entry, counted from 1, with what stands on both sides of its `=`."""
    for number, entry in enumerate(filter(None, map(str.strip, text.split(","))), 1):
        name, _, value = entry.partition("=")
        yield number, name.strip(), value.strip()
