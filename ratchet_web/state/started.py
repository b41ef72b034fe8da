"""What one viewer started, so that their tab is told when it is over."""

from secrets import token_hex

import reflex as rx

from ratchet_web.live.started import NAME
from ratchet_web.models.executions import Execution
from ratchet_web.models.jobs import Job
from ratchet_web.state.services import own, server_of

MOST_SERVERS = 20
TOLD = 8


class Started(rx.State):
    """What was started of late; the tab keeps it, and says what of it is not over yet.

    An item is `{key, row, server}`, its row `executions/12`, `jobs/4` or `bulk/1f2e3d4c`.
    """

    items: list[dict[str, str]] = []
    _topics: dict[str, str] = {}

    @rx.event
    async def follow(self, topics: dict[str, str]) -> None:
        """Watch what the tab still waits for: a topic `started/…` for each server."""
        if not isinstance(topics, dict) or len(topics) > MOST_SERVERS:
            return
        mine = own(self)
        wanted = {
            server: topic
            for server, topic in topics.items()
            if server in mine and isinstance(topic, str) and NAME.fullmatch(topic)
        }
        before, self._topics = self._topics, wanted
        for server in {*before, *wanted} & {*mine}:
            await mine[server].hub.follow(self.router.session.session_id, wanted.get(server, ""))

    def _note(self, server: str, row: str) -> None:
        item = {"key": token_hex(8), "row": row, "server": server}
        self.items = [*self.items[1 - TOLD :], item]


async def note_started(state: rx.State, started: Execution | Job | str) -> None:
    """Let the tab be told when this is over: what waits for a worker, or a bulk run with this id."""
    if isinstance(started, str):
        row = f"bulk/{started}"
    else:
        row = f"{'jobs' if isinstance(started, Job) else 'executions'}/{started.id}"
    (await state.get_state(Started))._note(server_of(state), row)


async def followed(state: rx.State) -> dict[str, str]:
    """Return the topics of what a viewer started, by server."""
    return (await state.get_state(Started))._topics
