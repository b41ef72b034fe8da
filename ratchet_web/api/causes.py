"""Why nobody answered, from what the layers of the network raised around each other. Pure."""

import errno
import socket
import ssl
from collections.abc import Iterator

import httpx

from ratchet_web.api.errors import Cause, Unreachable

NO_WAY = (errno.EHOSTUNREACH, errno.ENETUNREACH)


def unreachable(error: httpx.TransportError, server: str, request_id: str) -> Unreachable:
    """Return the error for a request to `server` that ended like this."""
    cause = cause_of(error)
    return Unreachable(f"{server} {_told(cause, error)}", cause=cause, request_id=request_id)


def cause_of(error: BaseException) -> Cause:
    """Return why nobody answered."""
    for inner in chained(error):
        match inner:
            case httpx.ProxyError():
                return Cause.PROXY
            case ssl.SSLCertVerificationError():
                return Cause.CERTIFICATE
            case ssl.SSLError():
                return Cause.TLS
            case socket.gaierror():
                return Cause.NAME
            case OSError(errno=number) if number in NO_WAY:
                return Cause.ROUTE
    return Cause.REFUSED if isinstance(error, httpx.ConnectError) else Cause.LOST


def distrust(error: BaseException) -> ssl.SSLCertVerificationError | None:
    """Return why a certificate was not trusted, None if that was not the cause."""
    found = (inner for inner in chained(error) if isinstance(inner, ssl.SSLCertVerificationError))
    return next(found, None)


def chained(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error, and all that led to it."""
    while error is not None:
        yield error
        for one in error.exceptions if isinstance(error, BaseExceptionGroup) else ():
            yield from chained(one)
        error = error.__cause__ or error.__context__


def _told(cause: Cause, error: BaseException) -> str:
    match cause:
        case Cause.NAME:
            return "is a name that leads nowhere from here"
        case Cause.ROUTE:
            return "cannot be reached from this network"
        case Cause.PROXY:
            return "cannot be reached through the proxy of this machine"
        case Cause.CERTIFICATE:
            found = distrust(error)
            return f"shows a certificate that is not trusted: {found.verify_message if found else error}"
        case Cause.TLS:
            return "does not speak TLS (https), or not as we do"
        case Cause.REFUSED:
            return "refused the connection"
        case _:
            return "broke off the connection"
