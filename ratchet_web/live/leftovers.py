"""What Reflex keeps of tabs that are gone: some 50 KB for each, for an hour, unless somebody lets go of it.

A tab that comes back later begins anew, as it does when the console was started again: its address says all.
This leans on internals of Reflex 0.10.1, as the rooms do.
"""

import asyncio
import logging

import reflex as rx
from reflex.istate.manager.memory import StateManagerMemory

LOOK_S = 30.0
logger = logging.getLogger(__name__)


class Leftovers:
    """Forgets the state of a tab that was not connected at two looks in a row."""

    def __init__(self, app: rx.App) -> None:
        self._app = app
        self._gone: set[str] = set()

    async def run(self) -> None:
        """Look now and then, for ever."""
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                self.look()
            except Exception:
                logger.exception("Letting go of tabs that are gone met a mistake and is tried again")

    def look(self) -> None:
        """Forget who was gone already, and note who is gone."""
        manager, namespace = self._app.state_manager, self._app.event_namespace
        if not isinstance(manager, StateManagerMemory) or namespace is None:
            return
        known = {key: token for key, (_, token) in manager._token_expires_at.items()}
        gone = {key for key, token in known.items() if token.ident not in namespace.token_to_sid}
        for key in gone & self._gone:
            lock = manager._states_locks.get(known[key].lock_key)
            if lock is None or not lock.locked():
                manager._purge_token(known[key])
        self._gone = gone
