"""How late the viewers of one topic are told of what was heard."""

import asyncio

from ratchet_web.models.timings import LIVE_LAG


class Lag:
    """Knows since when there is something to tell: what was heard before a look is told by what it finds."""

    def __init__(self) -> None:
        self._heard_s: float | None = None
        self._looked_s: float | None = None

    def heard(self, at_s: float | None = None) -> None:
        """Note that a change was heard of, now unless it was at `at_s`."""
        at_s = asyncio.get_running_loop().time() if at_s is None else at_s
        self._heard_s = at_s if self._heard_s is None else min(self._heard_s, at_s)

    def looks(self) -> None:
        """Note that what is told next knows of all that was heard until now."""
        if self._heard_s is not None and self._looked_s is None:
            self._looked_s = self._heard_s
        self._heard_s = None

    def told(self, *, shown: bool) -> None:
        """Count the lag of what is told now; what nobody sees counts for nothing."""
        if self._looked_s is not None and shown:
            LIVE_LAG.note(asyncio.get_running_loop().time() - self._looked_s)
        self._looked_s = None
