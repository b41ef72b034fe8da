"""The queue: of which task, and which job is to be explained. Both belong to the address."""

from typing import Any
from urllib.parse import urlencode

import reflex as rx

from ratchet_web.models.base import is_row_id
from ratchet_web.models.pauses import TOPIC as PAUSES
from ratchet_web.state.services import go
from ratchet_web.state.viewing import ON_EVERY_PAGE, watch

KNOWN = ("task", "job")
LONGEST_ID = 40


class JobQueue(rx.State):
    """`/jobs/queue?task=&job=`. `narrowed` is what the addresses of lists get for the task."""

    topic: str = ""
    task: str = ""
    job: str = ""
    narrowed: str = ""
    without_job: str = ""
    ignored: str = ""
    mistake: str = ""

    @rx.event
    async def load(self) -> None:
        """Watch the queue as the address wants it."""
        given = self.router.url.query_parameters
        asked = {name: given[name] for name in KNOWN if is_row_id(given.get(name))}
        known = (*asked, *ON_EVERY_PAGE)
        self.ignored = ", ".join(name for name in given if name not in known)
        self.task, self.job = asked.get("task", ""), asked.get("job", "")
        self.narrowed = f"&task={self.task}" if self.task else ""
        self.without_job = _address(self.task, "")
        self.mistake = ""
        self.topic = _address(self.task, self.job).removeprefix("/")
        await watch(self, self.topic, PAUSES)

    @rx.event
    def pick_task(self, task: str) -> Any:
        """Narrow the lanes to one task; the empty text to all."""
        return go(self, _address(task if is_row_id(task) else "", self.job))

    @rx.event
    def explain(self, form: dict[str, Any]) -> Any:
        """Choose the job of which the start is estimated; nothing written chooses none."""
        given = form.get("job") if isinstance(form, dict) else None
        written = given[:LONGEST_ID].strip().removeprefix("#") if isinstance(given, str) else ""
        if written and not is_row_id(written):
            self.mistake = "Write the number of a job, such as 12."
            return None
        self.mistake = ""
        return go(self, _address(self.task, written))


def _address(task: str, job: str) -> str:
    params = urlencode({name: value for name, value in (("task", task), ("job", job)) if value})
    return "/jobs/queue" + (f"?{params}" if params else "")
