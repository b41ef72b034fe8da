"""`/auth`: a person's login, and who a token belongs to."""

from ratchet_web.api import reading
from ratchet_web.api.http import Http
from ratchet_web.models.users import Account, Login, Session


class Auth:
    """The login of a server. Every call may raise any of `api.errors`."""

    def __init__(self, http: Http) -> None:
        self._http = http

    async def login(self, login: Login) -> Session:
        """Return a token for name and password.

        Raises:
            Forbidden: with status 401, they are wrong.
            Conflict: the server wants no login.
            Limited: there were too many tries; `retry_after_s` says how long to wait.
        """
        body = {"username": login.username, "password": login.password.get_secret_value()}
        return reading.one(await self._http.send("POST", "/auth/login", body), Session)

    async def me(self) -> Account:
        """Return who the client's token belongs to, with the role of now."""
        return reading.one(await self._http.get("/auth/me"), Account)

    async def logout(self) -> None:
        """End the session of the client's token."""
        await self._http.send("POST", "/auth/logout")
