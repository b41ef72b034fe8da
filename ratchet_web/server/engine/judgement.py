"""What a process that judges does: one judgement by a JSON Schema, within limits that end the process."""

import signal

from ratchet_web.logic.schemas import schema_faults, value_faults
from ratchet_web.server.engine import limits
from ratchet_web.server.engine.messages import Message

MEMORY_MB = 256


def judged(message: Message, idle_bytes: int | None) -> Message:
    """Return the faults of a schema, or of the message's value by it.

    The system ends this process (SIGPROF) when it takes more processor time than `cpu_s`.
    """
    limits.allow_memory(idle_bytes, MEMORY_MB)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, message["cpu_s"])
    try:
        if "value" in message:
            faults = value_faults(message["schema"], message["value"], message["root"])
        else:
            faults = schema_faults(message["schema"], message["root"])
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return {"op": "judged", "faults": faults}
