"""Stands before every event: who is not signed in on the page's server sends only what the sign-in needs."""

from typing import Final

import reflex as rx
from reflex.app import App
from reflex.middleware.middleware import Middleware
from reflex.state import BaseState, OnLoadInternalState, State, StateUpdate
from reflex_base.event import Event

from ratchet_web.access.cookies import Cookies
from ratchet_web.access.people import ENDED, People
from ratchet_web.logic.addresses import SERVER
from ratchet_web.models.servers import chosen
from ratchet_web.state.login import SignIn

# By their full names. All else is refused, what will be written tomorrow included.
OPEN: Final = frozenset(
    f"{state.get_full_name()}.{name}"
    for state, names in {
        State: ("hydrate", "hydrate_and_load", "set_is_hydrated"),
        OnLoadInternalState: ("on_load_internal", "set_is_hydrated"),
        SignIn: ("load",),
    }.items()
    for name in names
)


class Owner(rx.State):
    """Whose states these are: a browser's tab may see several people, one after the other."""

    _session: int = 0


class Guard(Middleware):
    """Refuses events, and leads the page that sent one to the sign-in and back."""

    def __init__(self, people: People, cookies: Cookies) -> None:
        self._people, self._cookies = people, cookies

    async def preprocess(self, app: App, state: BaseState, event: Event) -> StateUpdate | None:
        """Return None for an event that may be handled, else what is answered in its place."""
        root = state._get_root_state()
        id = self._cookies.id_in(root.router.headers.cookie)
        session = self._people.sessions.of(id)
        await _belongs_to(root, session.number if session else 0)
        asked = root.router.url.query_parameters.get(SERVER, "")
        if event.name in OPEN or self._people.admits(id, asked):
            return None
        server = chosen(self._people.servers, asked) or ""
        return StateUpdate(delta={"live": {"topic": ENDED, "server": server}})


async def _belongs_to(root: BaseState, session: int) -> None:
    """Let states that were somebody else's begin anew."""
    owner = await root.get_state(Owner)
    if owner._session != session:
        root.reset()  # type: ignore[no-untyped-call]
        owner._session = session
