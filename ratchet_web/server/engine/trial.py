"""Runs a draft: in a worker of its own, so that it never takes a place from an execution."""

from ratchet_web.server.engine.attempt import Attempt, Fetch, NeverStartedError, order_of
from ratchet_web.server.engine.errors import WORKER_ERROR, TaskError
from ratchet_web.server.engine.handle import Handle
from ratchet_web.server.engine.launcher import Launcher
from ratchet_web.server.engine.messages import Message
from ratchet_web.server.engine.work import Listener, Outcome, Work

NEVER_BEGAN = TaskError(WORKER_ERROR, "The worker process of this trial died before it could begin")


async def run_trial(
    work: Work, listener: Listener, launcher: Launcher, limits: Message, fetch: Fetch
) -> Outcome:
    """Return how it ended; whoever cancels this ends the worker, and what it fetches.

    Raises:
        OSError: no worker could be started for it.
    """
    handle = await Handle.start("trial", launcher)
    try:
        await handle.begun()
        attempt = Attempt(order_of(work, limits), listener, handle.name, fetch, handle.deliver)
        try:
            handle.give(attempt)
            return await attempt.outcome
        finally:
            attempt.fail(NeverStartedError())
    except (ConnectionError, NeverStartedError):
        return Outcome("failed", error=NEVER_BEGAN)
    finally:
        handle.kill()
        await handle.dead.wait()
