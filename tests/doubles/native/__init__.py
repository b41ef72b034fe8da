"""A strict double of the real server, as it behaves and not as its documents say: the "native" dialect."""

from tests.doubles.native.app import Native, native
from tests.doubles.native.clock import LoopClock, RealClock, StillClock

__all__ = ["LoopClock", "Native", "RealClock", "StillClock", "native"]
