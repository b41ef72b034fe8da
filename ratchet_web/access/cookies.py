"""The cookie that names a session. No script reads it, and no other site's request carries it along."""

from http.cookies import CookieError, SimpleCookie

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

# Scripts read it: where somebody signed in, pages wait with their buttons until they know who it was.
MARK = "ratchet-web-signed-in"


class Cookies:
    """The cookies of one console: browsers send those of all ports of a host to each.

    `mark` tells it from others: its port, or what its processes share that listen on several.
    """

    def __init__(self, mark: int | str) -> None:
        self.name = f"ratchet-web-{mark}"

    def id_in(self, header: str) -> str:
        """Return the session's id in a `Cookie` header, empty where there is none."""
        try:
            found = SimpleCookie(header).get(self.name)
        except CookieError:
            return ""
        return found.value if found else ""

    def give(self, request: Request, answer: Response, id: str, lasts_s: float) -> None:
        """Let the browser keep an id."""
        for name, value, hidden in ((self.name, id, True), (MARK, "yes", False)):
            answer.set_cookie(
                name, value, max_age=int(lasts_s), httponly=hidden, samesite="lax", secure=is_https(request)
            )

    def take(self, request: Request, answer: Response) -> None:
        """Let the browser forget the id."""
        for name, hidden in ((self.name, True), (MARK, False)):
            answer.delete_cookie(name, httponly=hidden, samesite="lax", secure=is_https(request))


def is_https(request: HTTPConnection) -> bool:
    """Return whether the browser speaks TLS, with us or with a proxy before us."""
    forwarded = request.headers.get("x-forwarded-proto", "").partition(",")[0].strip()
    return (forwarded or request.url.scheme).lower() == "https"
