"""How often somebody may try to log in: failures make the next try wait, longer each time."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Final

LONGEST_S: Final = 60.0
FORGET_S: Final = 900.0
KEYS_MOST: Final = 10_000
# A name is tried by its owner; an address may be that of many people.
FREE_BY_NAME: Final = 5
FREE_BY_ADDRESS: Final = 20


class ThrottledError(Exception):
    """Too many tries; `wait_s` says how long to wait."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"wait {wait_s:.0f} s")
        self.wait_s = wait_s


@dataclass
class _Tries:
    count: int = 0
    last_s: float = 0.0
    until_s: float = 0.0


class Tally:
    """Tries by key: `free` of them at once, then waits of 1, 2, 4, … s; the oldest keys are forgotten."""

    def __init__(self, free: int, now_s: Callable[[], float]) -> None:
        self._free, self._now_s = free, now_s
        self._keys: OrderedDict[str, _Tries] = OrderedDict()

    def __len__(self) -> int:
        return len(self._keys)

    def wait_s(self, key: str) -> float:
        """Return how long this key has to wait still, 0 if it may try."""
        tries = self._keys.get(key)
        return max(tries.until_s - self._now_s(), 0.0) if tries else 0.0

    def add(self, key: str) -> None:
        """Count a try."""
        now_s, tries = self._now_s(), self._keys.pop(key, None)
        if tries is None or now_s - tries.last_s > FORGET_S:
            tries = _Tries()
        tries.count, tries.last_s = tries.count + 1, now_s
        if tries.count >= self._free:
            tries.until_s = now_s + min(2.0 ** min(tries.count - self._free, 10), LONGEST_S)
        self._keys[key] = tries
        if len(self._keys) > KEYS_MOST:
            self._keys.popitem(last=False)

    def take_back(self, key: str) -> None:
        """Uncount one try: it was a good one."""
        tries = self._keys.get(key)
        if tries is not None:
            tries.count, tries.until_s = tries.count - 1, 0.0

    def forget(self, key: str) -> None:
        """Begin anew with this key."""
        self._keys.pop(key, None)


class Throttle:
    """Tries by user name and by address. A try counts before its outcome is known: many at once are many."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self._names, self._addresses = Tally(FREE_BY_NAME, now_s), Tally(FREE_BY_ADDRESS, now_s)

    def begin(self, name: str, address: str) -> None:
        """Count a try; raises `ThrottledError` if it comes too early, which then does not count."""
        wait_s = max(self._names.wait_s(name), self._addresses.wait_s(_network(address)))
        if wait_s > 0:
            raise ThrottledError(wait_s)
        self._names.add(name)
        self._addresses.add(_network(address))

    def succeeded(self, name: str, address: str) -> None:
        """The try was a good one. Earlier failures of the address stay: others may sit behind it."""
        self._names.forget(name)
        self._addresses.take_back(_network(address))


def _network(address: str) -> str:
    # Who has one IPv6 address has 2**64 of them.
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return parsed.exploded[:19]
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)
