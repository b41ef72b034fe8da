"""What is behind one view of one server: a client and a hub, and whose view it is."""

from typing import NamedTuple

from ratchet_web.api import Ratchet
from ratchet_web.live.hub import Hub
from ratchet_web.live.person import Person


class Services(NamedTuple):
    """A client and a hub of a server: for everybody, or, where people sign in, for one of them."""

    server: str
    api: Ratchet
    hub: Hub
    person: Person
