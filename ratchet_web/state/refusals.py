"""What a server refused a viewer: its control is then there no more, and says why."""

import reflex as rx

from ratchet_web.api import RatchetError
from ratchet_web.models.acts import Act
from ratchet_web.models.servers import under
from ratchet_web.state.services import may_do, own, server_of

UNFIT = "Your role on this server does not allow this."


class Refusals(rx.State):
    """The reasons, by server and act (`prod:cancel_job`); a page that opens asks anew."""

    reasons: dict[str, str] = {}


async def note_refusal(state: rx.State, act: Act, error: RatchetError) -> None:
    """Keep in mind why the server forbade an act; any other error says nothing of the next time."""
    if error.status != 403:
        return
    refusals, here = await state.get_state(Refusals), server_of(state)
    refusals.reasons = {**refusals.reasons, under(here, act): f"The server does not allow this: {error}"}
    if found := own(state).get(here):
        found.person.doubted = True


def forbidden(state: rx.State, act: Act, *ids: str) -> str:
    """Return why the viewer may not even try this, and write that down; empty where they may."""
    if may_do(state, act):
        return ""
    if found := own(state).get(server_of(state)):
        found.recorder.forbidden(act, ids)
    return UNFIT
