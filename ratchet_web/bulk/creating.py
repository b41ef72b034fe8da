"""Queues the jobs of a run, a few at a time: none is asked for twice, unless it surely did not arrive."""

import json
from typing import Final

from typing_extensions import override

from ratchet_web.api import (
    Broken,
    Conflict,
    Forbidden,
    NotApplied,
    NotFound,
    Ratchet,
    Refused,
    Unreachable,
)
from ratchet_web.bulk.run import Creation, Run
from ratchet_web.bulk.singly import NOT_KNOWN, Lanes, with_error
from ratchet_web.models.jobs import NewJob
from ratchet_web.models.runs import Item, Outcome

CREATE: Final = "create"


class Creating(Lanes):
    """Carries out a run that queues jobs; a job's id becomes the name of its item."""

    def __init__(self, api: Ratchet, run: Run, creation: Creation) -> None:
        super().__init__(api, run)
        self._creation = creation

    @override
    async def _once(self, item: Item, again: bool) -> Item:
        try:
            await self._api.spare(self._run.act_requests)
            with self._asking(item):
                job = await self._api.jobs.create(self._draft(item))
        except Unreachable as error:
            if not error.unanswered:
                raise
            return item._replace(outcome=Outcome.FAILED, note=NOT_KNOWN)
        except (Broken, NotApplied) as error:
            # It may have been queued nevertheless, or otherwise than asked.
            return with_error(item, Outcome.FAILED, error)
        except (Conflict, NotFound, Refused, Forbidden) as error:
            return with_error(item, Outcome.REFUSED, error)
        # What was queued is never queued again.
        self._creation.inputs[item.id] = b"null"
        return item._replace(outcome=Outcome.DONE, name=job.id)

    def _draft(self, item: Item) -> NewJob:
        options, input = self._creation.options, json.loads(self._creation.inputs[item.id])
        return NewJob(task_id=self._creation.task_id, input=input, **options.chosen())
