"""Bulk runs and acts that wait, with what is written down of them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from typing_extensions import override

from ratchet_web.api import Ratchet, RatchetError
from ratchet_web.audit.actor import in_run
from ratchet_web.audit.recorder import Recorder
from ratchet_web.bulk.claims import ClaimedRuns
from ratchet_web.bulk.delays import Delays
from ratchet_web.bulk.run import NO_WISH, Run, Wish
from ratchet_web.models.audit import Result
from ratchet_web.models.delays import Intent
from ratchet_web.models.runs import Outcome, Phase

# Of a row that was acted on nobody asks which.
UNDONE: Final = (Outcome.FAILED, Outcome.REFUSED, Outcome.SKIPPED, Outcome.LEFT)
NOT_ANY_MORE = "the role does not allow this any more"


class RecordedRuns(ClaimedRuns):
    """Bulk runs whose beginning, end and turns are written down: a run has entries, its rows have none."""

    def __init__(self, api: Ratchet, recorder: Recorder, undo_s: float = 0.0) -> None:
        super().__init__(api, undo_s)
        self._record_by(recorder)

    def _record_by(self, recorder: Recorder) -> None:
        self._recorder = recorder

    @override
    async def start(self, id: str, typed: str = "", wish: Wish = NO_WISH) -> Run:
        choice = (await self.find(id)).choice

        def permitted() -> bool:
            if allowed := wish.permitted():
                return allowed
            self._recorder.refused(noun=choice.noun, verb=choice.verb, run=id, note=NOT_ANY_MORE)
            return False

        return await super().start(id, typed, replace(wish, permitted=permitted))

    @override
    async def _begin(self, run: Run) -> None:
        await self._recorder.ready()
        with in_run(run.id):
            try:
                await super()._begin(run)
            except RatchetError as error:
                failed = {"result": Result.FAILED, "note": str(error), "request_id": error.request_id}
                await self._write(run, ids=tuple(run.items), **failed)
                raise
        run.recorded = True
        ids = () if run.creation is not None else tuple(run.items)
        await self._write(run, ids=ids, n=len(run.items), reason=run.reason, result=Result.BEGUN)
        run.changed()

    @override
    async def _carry_out(self, run: Run) -> None:
        try:
            await super()._carry_out(run)
        finally:
            if run.recorded:
                await self._end(run)

    @override
    async def abort(self, id: str) -> Run:
        run = await self.find(id)
        with in_run(run.id):
            acts = run.phase is not Phase.COUNTING
            stopped = await super().abort(id)
        if acts:
            await self._recorder.write(noun="bulk", verb="abort", run=stopped.id)
        return stopped

    @override
    async def pace(self, id: str, per_s: float | None) -> Run:
        with in_run(id):
            run = await super().pace(id, per_s)
        told = "as fast as it can" if per_s is None else f"{per_s:g} rows a second"
        await self._recorder.write(noun="bulk", verb="pace", run=run.id, note=told)
        return run

    @override
    async def take_back(self, id: str) -> Run:
        run = await super().take_back(id)
        self._recorder.note(noun="bulk", verb="take_back", run=run.id, n=len(run.items))
        return run

    async def _write(self, run: Run, **fields: object) -> None:
        of_task = f"task {run.creation.task_id}" if run.creation is not None else run.choice.value
        told = {"noun": run.choice.noun, "verb": run.choice.verb, "run": run.id, "note": of_task}
        await self._recorder.write(**told | fields)

    async def _end(self, run: Run) -> None:
        """Write what came of it, with the ids of the rows that were not acted on."""
        run.recorded = False
        counts = ", ".join(f"{n} {outcome.value}" for outcome, n in run.counts.items() if n)
        undone = [each.id for each in run.items.values() if each.outcome in UNDONE]
        made = [each.name for each in run.items.values() if each.outcome is Outcome.DONE]
        whole = not undone and not run.trouble
        self._recorder.note(
            noun=run.choice.noun,
            verb=run.choice.verb,
            run=run.id,
            ids=tuple(undone) if run.creation is None else tuple(made),
            result=Result.DONE if whole else Result.FAILED,
            note=f"ended: {counts}{'; ' if run.trouble else ''}{run.trouble}",
        )


class RecordedDelays(Delays):
    """Acts that wait; what is done goes through the client, and is written there."""

    def __init__(
        self, api: Ratchet, recorder: Recorder, undo_s: float = 0.0, doubt: Callable[[], None] = lambda: None
    ) -> None:
        super().__init__(api, undo_s, doubt)
        self._record_by(recorder)

    def _record_by(self, recorder: Recorder) -> None:
        self._recorder = recorder

    @override
    def put(self, intent: Intent, permitted: Callable[[], bool] = lambda: True) -> None:
        def asked() -> bool:
            if allowed := permitted():
                return allowed
            self._recorder.refused(noun=intent.noun, verb=intent.verb, ids=(intent.id,), note=NOT_ANY_MORE)
            return False

        super().put(intent, asked)

    @override
    def undo(self, row: str) -> Intent:
        intent = super().undo(row)
        note = f"{intent.verb} {intent.value}".strip()
        self._recorder.note(noun=intent.noun, verb="take_back", ids=(intent.id,), note=note)
        return intent
