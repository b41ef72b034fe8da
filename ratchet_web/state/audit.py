"""`/audit`: which entries of the record of acts are looked at."""

from typing import Any

import reflex as rx

from ratchet_web.models.acts import Act
from ratchet_web.models.audit import AuditQuery
from ratchet_web.state.services import may_do
from ratchet_web.state.viewing import ListState, asked, choices, watch

RESULTS = {
    "done": "Done",
    "begun": "Begun",
    "refused": "Refused",
    "failed": "Failed",
    "unknown": "Unknown",
}


class Audit(ListState, rx.State):
    """`/audit`."""

    results: list[dict[str, Any]] = []
    fit: bool = True

    @rx.event
    async def load(self) -> None:
        """Read the query from the address and watch its entries."""
        query, ignored = asked(self, AuditQuery)
        self._show(query, ignored)
        self.results = choices(query, "result", RESULTS)
        self.fit = may_do(self, Act.SEE_AUDIT)
        await watch(self, *((self.topic,) if self.fit else ()))
