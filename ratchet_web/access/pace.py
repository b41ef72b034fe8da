"""How often an address may try to sign in here: the server that judges passwords sees only the console's."""

import time
from collections import OrderedDict, deque
from collections.abc import Callable

TRIES_MOST, WINDOW_S = 10, 60.0
KEYS_MOST = 10_000


class Pace:
    """At most `most` tries of a key within `window_s`; the keys that tried longest ago are forgotten."""

    def __init__(
        self, most: int = TRIES_MOST, window_s: float = WINDOW_S, now_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._most, self._window_s, self._now_s = most, window_s, now_s
        self._tries: OrderedDict[str, deque[float]] = OrderedDict()

    def wait_s(self, key: str) -> float:
        """Count a try and return 0, or return the seconds until the next may be made."""
        now_s = self._now_s()
        tries = self._tries.pop(key, deque())
        while tries and tries[0] <= now_s - self._window_s:
            tries.popleft()
        wait_s = tries[0] + self._window_s - now_s if len(tries) >= self._most else 0.0
        if not wait_s:
            tries.append(now_s)
        self._tries[key] = tries
        if len(self._tries) > KEYS_MOST:
            self._tries.popitem(last=False)
        return wait_s

    def forgive(self, key: str) -> None:
        """Uncount the last try: it was a good one."""
        if tries := self._tries.get(key):
            tries.pop()
