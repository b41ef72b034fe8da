"""What pages ask about the viewer's acts."""

from reflex.vars import Var

from ratchet_web.components.address import under_server
from ratchet_web.state.acts import Acts


def is_busy(noun: str, id: Var[str]) -> Var[bool]:
    """Return whether the answer to an act on a row of the page's server is still to come."""
    return Acts.busy.contains(under_server(f"{noun}/" + id))
