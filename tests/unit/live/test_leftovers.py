"""What is kept of tabs that are gone."""

from types import SimpleNamespace
from typing import Any

import reflex as rx
from reflex.istate.manager.memory import StateManagerMemory
from reflex.istate.manager.token import BaseStateToken

from ratchet_web.live.leftovers import Leftovers


async def test_the_state_of_a_tab_that_stays_away_is_forgotten() -> None:
    manager = StateManagerMemory()
    for ident in ("here", "gone", "back"):
        await manager.get_state(BaseStateToken(ident=ident, cls=rx.State))
    connected = {"here": "1"}
    app: Any = SimpleNamespace(state_manager=manager, event_namespace=SimpleNamespace(token_to_sid=connected))
    leftovers = Leftovers(app)
    leftovers.look()
    assert set(manager.states) == {"here", "gone", "back"}
    connected["back"] = "2"
    leftovers.look()
    assert set(manager.states) == {"here", "back"}
    del connected["back"]
    leftovers.look()
    assert set(manager.states) == {"here", "back"}
    leftovers.look()
    assert set(manager.states) == {"here"}
    await manager.close()


async def test_a_console_without_states_in_memory_is_left_alone() -> None:
    app: Any = SimpleNamespace(state_manager=object(), event_namespace=None)
    Leftovers(app).look()
