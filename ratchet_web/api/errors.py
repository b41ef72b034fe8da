"""What can go wrong when a Ratchet server is asked.

RatchetError
├── Unreachable   no answer: refused, reset, timed out
├── Refused       400, 422 and kin: the request makes no sense to the server; `.fields` says where
├── NotFound      404
├── Conflict      409: not in the state that the act needs
│   └── Stale     412: changed since the revision that the change was made from
├── NotApplied    2xx, but reading it back shows that nothing, or not all of it, was done
├── Forbidden     401, 403: no or wrong token
├── Limited       429: the server's request limit is used up
└── Broken        5xx, a redirect, a web page, or an answer that is not what the contract says
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar


class RatchetError(Exception):
    """The root. `str(error)` is fit for a person.

    `status` is the HTTP status, None where there was no answer. `request_id` is what to look for in the
    logs of both sides. `code` is the server's own word (`VALIDATION_ERROR`), `fields` maps the dotted path
    of a field to what is wrong with it, `retry_after_s` is how long the server asks to be left alone.
    """

    title: ClassVar[str] = "The request failed"

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        request_id: str = "",
        code: str = "",
        fields: Mapping[str, str] | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.request_id = request_id
        self.code = code
        self.fields: dict[str, str] = dict(fields or {})
        self.retry_after_s = retry_after_s

    @property
    def kind(self) -> str:
        """The name of the class, for places that cannot carry one."""
        return type(self).__name__


class Cause(StrEnum):
    """Why nobody answered.

    NAME: it leads nowhere. REFUSED: nobody listens. ROUTE: no way there. PROXY: ours does not reach it.
    CERTIFICATE: not trusted. TLS: none, or none that we speak. LATE: no answer in time. LOST: broken off.
    """

    NAME = "name"
    REFUSED = "refused"
    ROUTE = "route"
    PROXY = "proxy"
    CERTIFICATE = "certificate"
    TLS = "tls"
    LATE = "late"
    LOST = "lost"


class Unreachable(RatchetError):
    """Nobody answered; whether a request that changes something took effect is not known."""

    title = "The server does not answer"

    def __init__(self, message: str, *, cause: Cause = Cause.LOST, request_id: str = "") -> None:
        super().__init__(message, request_id=request_id)
        self.cause = cause

    @property
    def unanswered(self) -> bool:
        """Whether the request may have arrived: what it asks for may be done."""
        return self.cause in (Cause.LATE, Cause.LOST)


class Refused(RatchetError):
    """The server understood that this cannot be done as asked."""

    title = "The server refused this"


class NotFound(RatchetError):
    """There is no such thing."""

    title = "Not found"


class Conflict(RatchetError):
    """The thing is not in a state that allows this."""

    title = "Not possible now"


class Stale(Conflict):
    """Somebody else changed it since the revision that this change was made from; nothing was changed."""

    title = "Changed meanwhile"


class NotApplied(RatchetError):
    """The server said yes, and reading it back shows otherwise; the message says what to do instead."""

    title = "The server did not apply this"


class Forbidden(RatchetError):
    """The server wants another token, or none of ours may do this."""

    title = "Not allowed"


class Limited(RatchetError):
    """Too many requests: asking again soon makes it worse."""

    title = "The server's request limit is reached"


class Broken(RatchetError):
    """The server failed, or what answered is not a Ratchet server."""

    title = "The server failed"
