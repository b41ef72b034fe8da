"""Which server the viewer looks at, and which there are."""

from typing import Any

import reflex as rx

from ratchet_web.logic.addresses import names_one, on_server
from ratchet_web.models.executions import ExecutionQuery
from ratchet_web.models.jobs import JobQuery
from ratchet_web.models.schedules import ScheduleQuery
from ratchet_web.models.tasks import TaskQuery
from ratchet_web.state.services import account_of, go, server_names, server_of

QUERIES = (ExecutionQuery, JobQuery, ScheduleQuery, TaskQuery)
# What of an address means nothing on another server: ids, how far somebody had turned the pages, the dialogs.
LOST = sorted({"page", "run", "bulk", "trigger", *(name for query in QUERIES for name in query.ids())})


class Servers(rx.State):
    """The servers that have names, for one viewer.

    `shown` is the one that the states of the pages were last filled for, `unknown` a name that the address
    asks for in vain, and then `others` leads to the same page of each that there is. `account` is who the
    viewer is, where a proxy says so.
    """

    known: list[dict[str, str]] = []
    others: list[dict[str, str]] = []
    shown: str = ""
    unknown: str = ""
    account: dict[str, str] = {}

    @rx.event
    def arrive(self) -> Any:
        """See which server the address names; one that names none is sent on to the first by its name."""
        here, names = server_of(self), [*server_names()]
        if self.account != (account := account_of(self)):
            self.account = account
        url = self.router.url
        # Two slashes at the beginning would lead to another host.
        address = f"/{url.path.lstrip('/')}?{url.query}#{url.fragment}"
        if len(self.known) < len(names) > 1:
            self.known = [{"value": name, "label": name} for name in names]
        if here not in names:
            self.unknown = here
            self.others = [
                {"label": name or "the only server", "href": on_server(address, name)} for name in names
            ]
        elif here and not names_one(address):
            return go(self, address, replace=True)
        return None
