"""Checks rows of input in a process of its own: neither a large text nor a hostile schema holds this one up.

The process reads a line of JSON (`schema`) and then the text, as UTF-8. It answers a line of JSON, what is to
be told of the rows or `{wrong}`, and then a line for each good row: its number, a tab, its input.
"""

import asyncio
import json
import os
import resource
import signal
import sys
from contextlib import suppress
from typing import Any, Final, NamedTuple

from pydantic import JsonValue

from ratchet_web.api import Broken, Refused
from ratchet_web.logic.rows import ReadRow, RowsError
from ratchet_web.logic.rows_check import check_rows

CPU_S: Final = 30
PATIENCE_S: Final = 120.0
MEMORY: Final = 2 << 30
AT_ONCE: Final = 2
COMMAND: Final = (sys.executable, "-m", "ratchet_web.bulk.checking")
TOO_SLOW = "These rows take too long to check: queue fewer, or simplify `pattern` and `$ref` in the schema."
TOO_DEEP = "These rows, or the schema, are nested too deeply to check."
TOO_LARGE = "These rows take too much memory to check: queue fewer."
DIED = (
    "The process that checks rows ended with {how}: nothing is known of them. The console's log may say more."
)


class Checked(NamedTuple):
    """What is told of rows (`rows_check.RowsSummary`), and the good ones by their number, as JSON text."""

    summary: dict[str, Any]
    inputs: dict[str, bytes]


_turns = asyncio.Semaphore(AT_ONCE)


async def checked(text: str, schema: JsonValue) -> Checked:
    """Return the rows of a text.

    Raises:
        Refused: it is no rows, too many, or they cannot be checked in reasonable time and memory.
        Broken: the process that checks them died.
    """
    said = json.dumps({"schema": schema}).encode() + b"\n" + text.encode(errors="replace")
    async with _turns:
        answer = await _asked(said)
    head, _, rest = answer.partition(b"\n")
    told = json.loads(head)
    if wrong := told.get("wrong"):
        raise Refused(wrong)
    lines = (line.partition(b"\t") for line in rest.splitlines())
    return Checked(told, {number.decode(): value for number, _, value in lines})


async def _asked(said: bytes) -> bytes:
    process = await asyncio.create_subprocess_exec(
        *COMMAND, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(PATIENCE_S):
            answer, _ = await process.communicate(said)
    except TimeoutError:
        raise Refused(TOO_SLOW) from None
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGKILL)
            await process.wait()
    if process.returncode == -signal.SIGXCPU:
        raise Refused(TOO_SLOW)
    if status := process.returncode:
        raise Broken(DIED.format(how=f"signal {-status}" if status < 0 else f"code {status}"))
    return answer


def main() -> None:
    """Answer what is asked on the standard input."""
    os.nice(5)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    head, _, text = sys.stdin.buffer.read().partition(b"\n")
    lines: list[bytes] = []

    def keep(row: ReadRow) -> None:
        value = json.dumps(row.value, ensure_ascii=False, separators=(",", ":"))
        lines.append(f"{row.number}\t{value}".encode())

    try:
        told = check_rows(text.decode(), json.loads(head)["schema"], keep).told()
    except RowsError as error:
        told, lines = {"wrong": str(error)}, []
    except RecursionError:
        told, lines = {"wrong": TOO_DEEP}, []
    except MemoryError:
        told, lines = {"wrong": TOO_LARGE}, []
    sys.stdout.buffer.write(b"\n".join([json.dumps(told).encode(), *lines]))


if __name__ == "__main__":
    main()
