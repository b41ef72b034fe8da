"""Bulk runs and acts that wait, shared by several workers and written down: by the worker that acts."""

from collections.abc import Callable

from typing_extensions import override

from ratchet_web.api import Ratchet
from ratchet_web.audit.actor import acting
from ratchet_web.audit.recorder import Recorder
from ratchet_web.bulk.recording import RecordedDelays, RecordedRuns
from ratchet_web.bulk.run import Run
from ratchet_web.bulk.shared_delays import SharedDelays
from ratchet_web.bulk.shared_runs import SharedRuns
from ratchet_web.peers.peers import Peers


class SharedRecordedRuns(RecordedRuns, SharedRuns):
    """Both: what another worker is asked to begin is written down there, in the name of who asked."""

    def __init__(self, api: Ratchet, recorder: Recorder, undo_s: float, peers: Peers) -> None:
        SharedRuns.__init__(self, api, undo_s, peers)
        self._record_by(recorder)

    @override
    def _lost(self, worker: str) -> None:
        had = self._had(worker)
        cut_short = [run for run in had if run.recorded and run.is_going and not run.operation]
        super()._lost(worker)
        for run in cut_short:
            self._do(self._end(run))

    @override
    async def _end(self, run: Run) -> None:
        """Write it once, though all who live took the run over, in the name of who began it."""
        run.recorded = False
        with acting(run.by):
            if not run.taken or await self.claims.is_first(f"end of {run.id}"):
                await super()._end(run)


class SharedRecordedDelays(RecordedDelays, SharedDelays):
    """Both: what is taken back at another worker is written down there, in the name of who asked."""

    def __init__(
        self, api: Ratchet, recorder: Recorder, undo_s: float, doubt: Callable[[], None], peers: Peers
    ) -> None:
        SharedDelays.__init__(self, api, undo_s, doubt, peers)
        self._record_by(recorder)
