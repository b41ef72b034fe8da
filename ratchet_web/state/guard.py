"""Stands before every event: who may send it, and who it is that acts."""

import logging
from collections.abc import Collection, Mapping
from typing import Final, Protocol

import reflex as rx
from reflex.app import App
from reflex.middleware.middleware import Middleware
from reflex.state import BaseState, StateUpdate
from reflex_base.event import Event

from ratchet_web.access.people import ENDED
from ratchet_web.access.proxied import Proxied, holder
from ratchet_web.audit.actor import Actor, act_as
from ratchet_web.live.services import Services
from ratchet_web.logic.addresses import SERVER
from ratchet_web.models.servers import chosen
from ratchet_web.state.arguments import fit
from ratchet_web.state.events import OPEN, is_meant
from ratchet_web.state.services import Personal

logger = logging.getLogger(__name__)
NOT_MEANT: Final = "not for this role"


class Owner(rx.State):
    """Whose states these are: a browser's tab may see several people, one after the other."""

    _whose: str = ""


class Keeper(Protocol):
    """Who may come in, by the `Cookie` header of a socket.

    `opens_anew`: a page that is open when somebody else comes must be opened again, for whom it shows.
    """

    @property
    def servers(self) -> Collection[str]:
        """The names of all servers."""

    def own(self, cookie: str) -> Mapping[str, Services]:
        """Return what they have, by server."""

    @property
    def opens_anew(self) -> bool:
        """Whether nothing else opens it."""

    def admits(self, cookie: str, asked: str) -> bool:
        """Return whether somebody may see pages of the server that an address asks for."""

    def whose(self, cookie: str) -> str:
        """Return what tells one visitor from another; empty for nobody."""

    def acts(self, cookie: str) -> Actor:
        """Return who it is, as far as that does not depend on the server."""


class ByAccount(Personal):
    """People who sign in, which opens a page."""

    opens_anew = False

    def admits(self, cookie: str, asked: str) -> bool:
        """Return whether they are signed in on that server."""
        return self._people.admits(self._cookies.id_in(cookie), asked)

    def whose(self, cookie: str) -> str:
        """Return what names their session at every worker: numbers are each worker's own."""
        session = self._people.sessions.of(self._cookies.id_in(cookie))
        return session.key.hex() if session else ""

    def acts(self, cookie: str) -> Actor:
        """Return nothing: each server has a name for them."""
        return Actor()


class ByProxy:
    """People whom a proxy names, to each socket another one if it likes."""

    opens_anew = True

    def __init__(self, proxied: Proxied) -> None:
        self.servers, self.own = proxied.servers, proxied.own

    def admits(self, cookie: str, asked: str) -> bool:
        """Return whether somebody is named: they see every server."""
        return holder(cookie) is not None

    def whose(self, cookie: str) -> str:
        """Return name and role."""
        return cookie if holder(cookie) else ""

    def acts(self, cookie: str) -> Actor:
        """Return name and role."""
        who = holder(cookie)
        return Actor(who.name, who.word) if who else Actor()


class Guard(Middleware):
    """Refuses events, and leads pages of strangers to the sign-in and back. `keeper` None: all come in."""

    def __init__(self, keeper: Keeper | None = None) -> None:
        self._keeper = keeper

    async def preprocess(self, app: App, state: BaseState, event: Event) -> StateUpdate | None:
        """Return None for an event that may be handled, else what is answered in its place."""
        root = state._get_root_state()
        cookie, keeper = root.router.headers.cookie, self._keeper
        address = root.router.session.client_ip
        act_as((keeper.acts(cookie) if keeper else Actor())._replace(address=address))
        if keeper is None:
            return _refusal(event, None)
        asked = root.router.url.query_parameters.get(SERVER, "")
        server = chosen(keeper.servers, asked) or ""
        was_another = await _belongs_to(root, keeper.whose(cookie))
        if was_another and keeper.opens_anew:
            return _ended(server)
        if event.name in OPEN:
            return _refusal(event, None)
        if not keeper.admits(cookie, asked):
            return _ended(server)
        return _refusal(event, keeper.own(cookie).get(server))


def _refusal(event: Event, here: Services | None) -> StateUpdate | None:
    """Refuse what makes no sense, and what is not meant for the role that somebody has here."""
    if not is_meant(event.name, here.person.role if here else ""):
        if here:
            verb = event.name.rpartition(".")[2][:80]
            here.recorder.refused(noun="event", verb=verb, note=NOT_MEANT)
        return StateUpdate()
    if not fit(event.name, event.payload):
        logger.warning("An event %.200r came with arguments that it does not take", event.name)
        return StateUpdate()
    return None


def _ended(server: str) -> StateUpdate:
    """Return what lets a page open anew, by way of the sign-in."""
    return StateUpdate(delta={"live": {"topic": ENDED, "server": server}})


async def _belongs_to(root: BaseState, whose: str) -> bool:
    """Let states that were somebody else's begin anew; return whether they were."""
    owner = await root.get_state(Owner)
    before = owner._whose
    if before == whose:
        return False
    root.reset()  # type: ignore[no-untyped-call]
    owner._whose = whose
    return bool(before and whose)
