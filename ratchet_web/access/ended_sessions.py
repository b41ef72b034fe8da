"""Which sessions are over, as one worker knows it, and of which of them Redis is sure to know that too."""

import secrets
from collections import OrderedDict
from collections.abc import Iterable
from typing import Final

MOST: Final = 2_000


class EndedSessions:
    """The keys of sessions that are over, the latest last.

    A Redis that comes back as it once was would let them go on. So it holds a proof, written once it was seen
    to know of them: for as long as that is there, nothing before it is lost. `unproven` are all others.
    """

    def __init__(self) -> None:
        self.proof_key = f"ratchet-web:proof:{secrets.token_hex(8)}"
        self.unproven: set[bytes] = set()
        self._keys: OrderedDict[bytes, None] = OrderedDict()
        self._proof: bytes | None = None

    def __contains__(self, key: bytes) -> bool:
        return key in self._keys

    def add(self, key: bytes) -> None:
        """Note that a session is over; beyond so many, the oldest are forgotten."""
        self._keys[key] = None
        self._keys.move_to_end(key)
        self.unproven.add(key)
        if len(self._keys) > MOST:
            self.unproven.discard(self._keys.popitem(last=False)[0])

    def doubt(self, proof: bytes | None) -> None:
        """Let all be unproven, unless Redis still holds the proof."""
        if proof != self._proof:
            self.unproven.update(self._keys)

    def prove(self, keys: Iterable[bytes], proof: bytes) -> None:
        """Note that Redis knew of these before it held this proof."""
        self.unproven.difference_update(keys)
        self._proof = proof
