"""Checks rows of input in a process of its own: neither a large text nor a hostile schema holds this one up.

What is given waits for its turn in a temporary file, not in memory: a line of JSON (`schema`), then the text
as it came, in whatever encoding. The process reads this file. It answers a line of JSON, what is to be told
of the rows or `{wrong}`, and then a line for each good row: its number, a tab, its input.
"""

import asyncio
import json
import os
import resource
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from typing import Any, BinaryIO, Final, NamedTuple

from pydantic import JsonValue

from ratchet_web.api import Broken, Refused
from ratchet_web.logic.rows import ReadRow, RowsError, decoded
from ratchet_web.logic.rows_check import check_rows

CPU_S: Final = 30
PATIENCE_S: Final = 120.0
MEMORY: Final = 2 << 30
AT_ONCE: Final = 2
PIECE: Final = 1 << 16
COMMAND: Final = (sys.executable, "-m", "ratchet_web.bulk.checking")
TOO_SLOW = "These rows take too long to check: queue fewer, or simplify `pattern` and `$ref` in the schema."
TOO_DEEP = "These rows, or the schema, are nested too deeply to check."
TOO_LARGE = "These rows take too much memory to check: queue fewer."
NO_ROOM = "There is no room to keep these rows while they are checked: {error}."
DIED = (
    "The process that checks rows ended with {how}: nothing is known of them. The console's log may say more."
)


class Checked(NamedTuple):
    """What is told of rows (`rows_check.RowsSummary`), and the good ones by their number, as JSON text."""

    summary: dict[str, Any]
    inputs: dict[str, bytes]


_turns = asyncio.Semaphore(AT_ONCE)


@contextmanager
def given(schema: JsonValue) -> Iterator[BinaryIO]:
    """Return a file that a text is to be written to, for `checked`.

    Raises:
        Broken: there is no room for it.
    """
    try:
        with tempfile.TemporaryFile(prefix="ratchet-rows-") as file:
            file.write(json.dumps({"schema": schema}).encode() + b"\n")
            yield file
    except OSError as error:
        raise Broken(NO_ROOM.format(error=error.strerror or error)) from error


async def checked(file: BinaryIO) -> Checked:
    """Return the rows of a text that was given. The process ends with whoever waits for it.

    Raises:
        Refused: it is no rows, too many, or they cannot be checked in reasonable time and memory.
        Broken: the process that checks them died.
    """
    file.seek(0)
    async with _turns:
        return await _asked(file)


async def _asked(file: BinaryIO) -> Checked:
    process = await asyncio.create_subprocess_exec(*COMMAND, stdin=file, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    inputs: dict[str, bytes] = {}
    try:
        async with asyncio.timeout(PATIENCE_S):
            lines = _lines(process.stdout)
            head = await anext(lines)
            async for line in lines:
                number, _, value = line.partition(b"\t")
                inputs[number.decode()] = value
            await process.wait()
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
    told = json.loads(head)
    if wrong := told.get("wrong"):
        raise Refused(wrong)
    return Checked(told, inputs)


async def _lines(stream: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """Return what is between line feeds, one at least; no more is held than the longest."""
    line = bytearray()
    while piece := await stream.read(PIECE):
        first, *others = piece.split(b"\n")
        line += first
        for other in others:
            yield bytes(line)
            line = bytearray(other)
    yield bytes(line)


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
        told = check_rows(decoded(text), json.loads(head)["schema"], keep).told()
    except RowsError as error:
        told, lines = {"wrong": str(error)}, []
    except RecursionError:
        told, lines = {"wrong": TOO_DEEP}, []
    except MemoryError:
        told, lines = {"wrong": TOO_LARGE}, []
    sys.stdout.buffer.write(b"\n".join([json.dumps(told, allow_nan=False).encode(), *lines]))


if __name__ == "__main__":
    main()
