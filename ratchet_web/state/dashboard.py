"""The dashboard: which range of time its figures and charts are of. The address says it."""

from typing import Any

import reflex as rx

from ratchet_web.models.pauses import TOPIC as PAUSES
from ratchet_web.models.series import PERIODS
from ratchet_web.state.viewing import ON_EVERY_PAGE, watch

RANGE = "24h"


class Dashboard(rx.State):
    """`/?range=24h`."""

    range: str = RANGE
    # As it stands after "the last".
    words: str = PERIODS[RANGE].words
    topic: str = f"dashboard/{RANGE}"
    ranges: list[dict[str, Any]] = []
    ignored: str = ""

    @rx.event
    async def load(self) -> None:
        """Watch the server as a whole, and the range that the address names."""
        given = self.router.url.query_parameters
        asked = given.get("range", RANGE)
        known = asked in PERIODS
        strange = [name for name in given if name not in ("range", *ON_EVERY_PAGE)]
        self.ignored = ", ".join([*(() if known else ("range",)), *strange])
        self.range = asked if known else RANGE
        self.words = PERIODS[self.range].words.removeprefix("1 ")
        self.topic = f"dashboard/{self.range}"
        self.ranges = [
            {
                "label": period.words,
                "href": "/" if name == RANGE else f"/?range={name}",
                "active": "page" if name == self.range else "",
                "key": name,
            }
            for name, period in PERIODS.items()
        ]
        await watch(self, "dashboard", self.topic, PAUSES)
