"""Who looks: everybody alike, or somebody who signed in."""

from ratchet_web.live.rows import Row
from ratchet_web.models.acts import Act


class Person:
    """Somebody of whom nothing is known: the server alone says what they may do.

    `doubted`: the server refused what we thought that they may do.
    """

    doubted = False

    @property
    def name(self) -> str:
        """Return who it is, as far as that is known of all who share this."""
        return ""

    @property
    def role(self) -> str:
        """Return their role; empty where the console knows none."""
        return ""

    @property
    def word(self) -> str:
        """Return their role, as they are told it."""
        return self.role

    def permits(self, act: Act | None) -> bool:
        """Return whether the console itself lets an act pass; None: one that nobody has named."""
        return True

    def may(self, act: Act) -> bool:
        """Return whether this may be tried."""
        return True

    def doubt(self) -> None:
        """Note that the server refused what we thought that they may do."""
        self.doubted = True

    def told(self) -> Row:
        """Return what their pages are told of them: `account`, and in `may` the acts that they may do."""
        return {}


class Anybody(Person):
    """Whoever reaches a console that lets everybody in whom its network lets through."""

    def may(self, act: Act) -> bool:
        """Return whether this may be tried: to see who did what, one must be known."""
        return act is not Act.SEE_AUDIT

    def told(self) -> Row:
        """Return what they may do."""
        return {"may": [act.value for act in Act if self.may(act)]}
