"""Where a request comes from, as browsers tell it, and whom it was meant for."""

from ipaddress import ip_address
from urllib.parse import urlsplit


def is_foreign(origin: str | None, host: str | None) -> bool:
    """Return whether a page of another origin sent a request, by its headers `Origin` and `Host`.

    Programs send no `Origin` and are never foreign; one that names no host (`null`) always is (RFC 6454,
    section 7).
    """
    if origin is None:
        return False
    try:
        sender = urlsplit(origin).netloc
    except ValueError:
        return True
    return not sender or sender.lower() != (host or "").lower()


def is_loopback(host: str) -> bool:
    """Return whether only this machine reaches what listens on `host`."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def exposure(web_auth: str, host: str, insecure: bool) -> str:
    """Return why a console must not start: everybody who reaches this machine could use it. Else empty."""
    if web_auth != "none" or insecure or is_loopback(host):
        return ""
    return (
        f"RATCHET_WEB_AUTH=none on {host or 'every address'} would let everybody who reaches this machine run"
        " code with the console's token. Let people sign in (RATCHET_WEB_AUTH=ratchet), let your reverse"
        " proxy say who they are (RATCHET_WEB_AUTH=proxy), or keep RATCHET_WEB_HOST on 127.0.0.1. If it is"
        " meant, as in a container whose port only you reach, say `--insecure` or set"
        " RATCHET_WEB_INSECURE=true"
    )


def own_names(host: str, added: str) -> frozenset[str]:
    """Return the names by which what listens on a loopback address is called; `added`: more, by commas.

    A page of another site can give its own name the address 127.0.0.1 and so speak to what trusts this
    machine (DNS rebinding); what gives it away is the name in `Host`.
    """
    more = (name.strip() for name in added.split(","))
    names = ("localhost", "127.0.0.1", "::1", host, *filter(None, more))
    return frozenset(name.lower().strip("[]") for name in names)


def is_meant(names: frozenset[str] | None, host: str | None) -> bool:
    """Return whether a `Host` header is one of these names, or None, with which every name is.

    Programs may leave the header out (HTTP/1.0), which granian hands on as an empty one; browsers never do.
    """
    return names is None or not host or host_name(host) in names


def host_name(header: str) -> str:
    """Return the name in a `Host` header, without port and brackets."""
    name = header.strip().lower()
    if name.startswith("["):
        return name[1:].partition("]")[0]
    return name.partition(":")[0].rstrip(".")
