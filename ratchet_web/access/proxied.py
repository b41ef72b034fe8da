"""Whom a reverse proxy names: believed from stated peers alone, and what each role has."""

import base64
import json
from collections.abc import Callable, Collection, Mapping
from contextlib import AsyncExitStack
from http.cookies import CookieError, SimpleCookie
from typing import Final, NamedTuple

from starlette.datastructures import Headers
from starlette.types import Scope

from ratchet_web.api import Ratchet
from ratchet_web.live.hub import Hub
from ratchet_web.live.person import Person
from ratchet_web.live.rows import Row
from ratchet_web.live.services import Services, Surroundings
from ratchet_web.logic.roles import acts_of, may
from ratchet_web.models.acts import Act
from ratchet_web.models.proxies import ROLES, Networks, is_within, name_in, role_in
from ratchet_web.models.users import Role
from ratchet_web.peers.peers import Peers

# The cookie by which the rest of the console knows whom the proxy named. Browsers never have it: the door
# puts it in the place of all that they sent.
TICKET: Final = "ratchet-web-named"
STRANGER = "This console is reached through its proxy, and this request came past it."
NAMELESS = "The proxy did not say who you are: it must send the header {header} once."
ROLELESS = "Your role here is not one that this console knows. Ask whoever runs the proxy."


class Named(NamedTuple):
    """Somebody whom a proxy named."""

    name: str
    role: Role

    @property
    def word(self) -> str:
        """The role as people call it."""
        return word_of(self.role)


def word_of(role: Role) -> str:
    """Return how people call a role behind a proxy."""
    return next(word for word, each in ROLES.items() if each is role)


class Refusal(NamedTuple):
    """Why nobody is believed to be there."""

    status: int
    text: str


class Proxy:
    """The reverse proxies at `peers`, which name people in the header `user`, and in `role` their roles."""

    def __init__(self, peers: Networks, user: str, role: str, roles: Mapping[str, Role]) -> None:
        self._peers, self._user, self._role, self._roles = peers, user, role, roles

    def named(self, scope: Scope) -> Named | Refusal:
        """Return who sends a request. The peer is the socket's, whatever headers say."""
        peer = scope.get("client") or ("",)
        if not is_within(str(peer[0]), self._peers):
            return Refusal(403, STRANGER)
        headers = Headers(scope=scope)
        users, roles = headers.getlist(self._user), headers.getlist(self._role)
        name = name_in(users[0]) if len(users) == 1 else ""
        if not name:
            return Refusal(401, NAMELESS.format(header=self._user))
        role = role_in(roles[0] if roles else None, self._roles) if len(roles) < 2 else None
        return Refusal(403, ROLELESS) if role is None else Named(name, role)


def ticket(who: Named) -> str:
    """Return the `Cookie` header that stands for somebody inside of the console."""
    told = json.dumps([who.name, who.role]).encode()
    return f"{TICKET}={base64.urlsafe_b64encode(told).decode().rstrip('=')}"


def holder(cookie: str) -> Named | None:
    """Return whom a `Cookie` header stands for; it comes from the door alone."""
    try:
        found = SimpleCookie(cookie).get(TICKET)
        text = found.value if found else ""
        name, role = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (CookieError, ValueError):
        return None
    return Named(name, Role(role))


class InRole(Person):
    """Everybody who has a role; the console acts with its own token for them, and so judges by itself."""

    def __init__(self, role: Role) -> None:
        self._role = role

    @property
    def role(self) -> str:
        """Return the role."""
        return str(self._role)

    @property
    def word(self) -> str:
        """Return the role as the proxy's settings name it."""
        return word_of(self._role)

    def permits(self, act: Act | None) -> bool:
        """Return whether the role is enough; what nobody has named is for admins."""
        return self._role is Role.ADMIN if act is None else self.may(act)

    def may(self, act: Act) -> bool:
        """Return whether the role is enough."""
        return may(self._role, act)

    def told(self) -> Row:
        """Return what they may do."""
        return {"may": [act.value for act in acts_of(self._role)]}


class Proxied:
    """What people have whom a proxy names: a client and a hub for each server and role.

    `sharing` gives the other workers that have a server, for the same role.
    """

    def __init__(
        self,
        clients: Callable[[], Mapping[str, Ratchet]],
        servers: Collection[str],
        around: Surroundings,
        sharing: Callable[[str, str], Peers | None] | None = None,
    ) -> None:
        self.servers, self._sharing = tuple(servers), sharing
        self._clients, self._around = clients, around
        self._of_role: dict[Role, dict[str, Services]] = {}

    async def start(self, stack: AsyncExitStack) -> None:
        """Begin; `stack` ends it."""
        for word, role in ROLES.items():
            own = self._of_role[role] = {}
            for name, api in self._clients().items():
                await stack.enter_async_context(api)
                peers = self._sharing(name, word) if self._sharing else None
                own[name] = Services.of(name, api, InRole(role), self._around, peers, whose=f"@{word}")
                await own[name].start()
                stack.push_async_callback(own[name].stop)

    def own(self, cookie: str) -> Mapping[str, Services]:
        """Return what the sender of a `Cookie` header has, by server."""
        who = holder(cookie)
        return self._of_role.get(who.role, {}) if who else {}

    def hubs(self) -> list[Hub]:
        """Return the hubs of all roles."""
        return [each.hub for own in self._of_role.values() for each in own.values()]
