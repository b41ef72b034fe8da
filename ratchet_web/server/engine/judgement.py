"""What a process that judges does: one judgement by a JSON Schema, or by a regular expression.

The system ends this process (SIGPROF) when one takes more processor time than the message's `cpu_s`.
"""

import re
import signal
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from ratchet_web.logic.schemas import schema_faults, value_faults
from ratchet_web.server.engine import limits
from ratchet_web.server.engine.messages import Message

MEMORY_MB = 256
# What colours a text in a terminal, and all else that does not show.
_CODES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -~])?")


def judged(message: Message, idle_bytes: int | None) -> Message:
    """Return the faults of a schema, or of the message's value by it."""
    with _limited(message["cpu_s"], idle_bytes):
        if "value" in message:
            faults = value_faults(message["schema"], message["value"], message["root"])
        else:
            faults = schema_faults(message["schema"], message["root"])
    return {"op": "judged", "faults": faults}


def matched(message: Message, idle_bytes: int | None) -> Message:
    """Return the positions of the texts that the message's pattern is found in, or why it is none."""
    with _limited(message["cpu_s"], idle_bytes), warnings.catch_warnings(action="ignore"):
        try:
            found = re.compile(message["pattern"], re.IGNORECASE).search
        except (re.error, OverflowError, RecursionError) as error:
            return {"op": "matched", "fault": str(error), "matching": []}
        matching = [at for at, text in enumerate(message["texts"]) if found(_plain(text))]
    return {"op": "matched", "fault": "", "matching": matching}


def _plain(text: str) -> str:
    """Return a line as people see it: what is coloured in the middle of a word is one word."""
    return _CODES.sub("", text) if "\x1b" in text else text


@contextmanager
def _limited(cpu_s: float, idle_bytes: int | None) -> Iterator[None]:
    limits.allow_memory(idle_bytes, MEMORY_MB)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, cpu_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
