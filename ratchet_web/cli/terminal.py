"""Notices that the terminal was closed."""

import asyncio
import os
import select
import signal
import threading
from collections.abc import Callable
from contextlib import suppress


def on_close(call: Callable[[], object]) -> None:
    """Call once the terminal is closed whose foreground job this process is; never if there is none.

    The system sends SIGHUP to the leader of the session only, and not every leader passes it on: make waits
    for its children instead. Who ignores the signal (`nohup`), or runs in the background, is left alone.
    """
    terminal = next(filter(_is_foreground, range(3)), None)
    if terminal is None or signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        return
    loop = asyncio.get_running_loop()

    def wait() -> None:
        poll = select.poll()
        # No event is asked for: that it hung up is always told.
        poll.register(terminal, 0)
        if any(event & select.POLLHUP for _, event in poll.poll()):
            with suppress(RuntimeError):  # The loop has ended already.
                loop.call_soon_threadsafe(call)

    threading.Thread(target=wait, name="terminal", daemon=True).start()


def _is_foreground(descriptor: int) -> bool:
    with suppress(OSError):
        return os.tcgetpgrp(descriptor) == os.getpgrp()
    return False
