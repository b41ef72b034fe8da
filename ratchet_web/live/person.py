"""Who looks: everybody alike, or somebody who signed in."""

from ratchet_web.live.rows import Row
from ratchet_web.models.acts import Act


class Person:
    """Somebody of whom nothing is known: the server alone says what they may do.

    `doubted`: the server refused what we thought that they may do.
    """

    doubted = False

    def may(self, act: Act) -> bool:
        """Return whether this may be tried."""
        return True

    def doubt(self) -> None:
        """Note that the server refused what we thought that they may do."""
        self.doubted = True

    def told(self) -> Row:
        """Return what their pages are told of them: `account`, and in `may` the acts that they may do."""
        return {}
