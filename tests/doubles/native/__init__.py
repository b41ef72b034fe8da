"""A strict double of the real server, as it behaves and not as its documents say: the "native" dialect."""

from tests.doubles.native.app import Native, native
from tests.doubles.native.clock import LoopClock, RealClock, StillClock
from tests.doubles.native.process import NativeProcess, native_on_port
from tests.doubles.native.rest_only import RestOnly

__all__ = [
    "LoopClock",
    "Native",
    "NativeProcess",
    "RealClock",
    "RestOnly",
    "StillClock",
    "native",
    "native_on_port",
]
