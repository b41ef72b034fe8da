"""Writes the record of acts, and reads it again."""

import asyncio
import json
import logging
import secrets
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

import orjson
from pydantic import ValidationError

from ratchet_web.api import Refused
from ratchet_web.audit.actor import actor
from ratchet_web.audit.files import AuditFiles
from ratchet_web.models.audit import AuditQuery, Entry, Result

# What waits while the disk is full; beyond that only the process's log has it.
MOST_WAITING: Final = 1_000
# A row's id is short; so many stand on one line.
IDS_A_LINE: Final = 500
REASON_MOST, NOTE_MOST, NAME_MOST = 1_000, 500, 200
MOST: Final = {"reason": REASON_MOST, "note": NOTE_MOST}
# Refusals of one sender that are written within a minute: more would only push everything else out.
REFUSALS_MOST, WINDOW_S = 60, 60.0
SENDERS_MOST: Final = 1_000
LOOK_S: Final = 1.5
FULL = "Nothing was done: the console could not write down who does it ({why})."
logger = logging.getLogger(__name__)


class Found(NamedTuple):
    """Entries, the newest first. `more`: there are older ones; `cut`: not all was looked through."""

    entries: list[Entry]
    more: bool = False
    cut: bool = False


class Journal:
    """The record of this console. Each entry is on the disk before `write` returns.

    While the disk takes nothing, acts are refused (`ready`); what was done just before waits in memory and is
    written later, and the process's log has it at once. Without `files` nothing is kept.
    """

    def __init__(self, files: AuditFiles | None = None, now_s: Callable[[], float] = time.monotonic) -> None:
        self._files, self._now_s = files, now_s
        self._waiting: list[bytes] = []
        self._turn = asyncio.Lock()
        self._refusals: dict[str, tuple[float, int]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._failing = False

    async def ready(self) -> None:
        """Come back when acts can be written down.

        Raises:
            Refused: they cannot; nothing must be done.
        """
        if self._failing:
            try:
                await self._flush()
            except OSError as error:
                raise Refused(FULL.format(why=error.strerror or "the disk")) from error

    async def write(self, **fields: Any) -> None:
        """Write an entry by whoever acts now; ids on as many lines as they need."""
        self._take(fields)
        try:
            await self._flush()
        except OSError as error:
            logger.error("The audit cannot be written (%s); acts are refused until it can", error)

    def note(self, *, sender: str = "", **fields: Any) -> None:
        """Write an entry in a moment: of a refusal, which changed nothing. A flood of them is cut short.

        `sender` is who sends them, where `who` is only what they say.
        """
        if self._is_flood(sender or fields.get("who") or actor().name or actor().address):
            return
        self._take(fields)
        task = asyncio.get_running_loop().create_task(self._flush_quietly())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Write what still waits."""
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._flush_quietly()

    def mark(self) -> tuple[int, int]:
        """Return what changes whenever something is written, by this process or another."""
        return self._files.mark() if self._files else (0, 0)

    async def find(self, query: AuditQuery, server: str) -> Found:
        """Return a page of entries about a server, and of those about none."""
        return await asyncio.to_thread(self._find, query, server)

    def all(self, query: AuditQuery, server: str) -> Iterator[Entry]:
        """Yield every entry that matches, the newest first. It reads files: not for the loop."""
        return filter(None, self._looked_through(query, server))

    def _looked_through(self, query: AuditQuery, server: str) -> Iterator[Entry | None]:
        """Yield every entry that matches, the newest first, and None for each other line."""
        query = query.as_of(datetime.now(UTC))
        for text in self._files.newest_first() if self._files else ():
            for line in reversed(text.splitlines()):
                entry = _read(line)
                meant = entry is not None and entry.server in ("", server) and query.matches(entry)
                yield entry if meant else None

    def _find(self, query: AuditQuery, server: str) -> Found:
        until_s, first = self._now_s() + LOOK_S, (query.page - 1) * query.limit
        found: list[Entry] = []
        more = cut = False
        for entry in self._looked_through(query, server):
            if entry is not None:
                found.append(entry)
            more, cut = len(found) > first + query.limit, self._now_s() > until_s
            if more or cut:
                break
        return Found(found[first : first + query.limit], more, cut and not more)

    def _take(self, fields: dict[str, Any]) -> None:
        for line in _lines(fields):
            if len(self._waiting) >= MOST_WAITING or self._failing:
                logger.error("Not yet in the audit: %s", line.decode())
            self._waiting = [*self._waiting[-MOST_WAITING + 1 :], line]

    async def _flush(self) -> None:
        async with self._turn:
            taken, self._waiting = self._waiting, []
            if not taken or self._files is None:
                return
            try:
                await asyncio.shield(asyncio.to_thread(self._files.append, b"".join(taken)))
            except OSError:
                self._failing, self._waiting = True, [*taken, *self._waiting][-MOST_WAITING:]
                raise
            self._failing = False

    async def _flush_quietly(self) -> None:
        try:
            await self._flush()
        except OSError as error:
            logger.error("The audit cannot be written (%s)", error)

    def _is_flood(self, sender: str) -> bool:
        began_s, n = self._refusals.pop(sender, (self._now_s(), 0))
        if self._now_s() >= began_s + WINDOW_S:
            began_s, n = self._now_s(), 0
        self._refusals[sender] = began_s, n + 1
        if len(self._refusals) > SENDERS_MOST:
            del self._refusals[next(iter(self._refusals))]
        return n >= REFUSALS_MOST


def _lines(fields: dict[str, Any]) -> Iterator[bytes]:
    now, who = datetime.now(UTC), actor()
    ids = tuple(_told(str(id), NAME_MOST) for id in fields.pop("ids", ()))
    given = {
        "who": fields.pop("who", "") or who.name,
        "role": fields.pop("role", "") or who.role,
        "address": who.address,
        "run": fields.pop("run", "") or who.run,
        "n": len(ids) if len(ids) > 1 else None,
        **fields,
    }
    for name, value in given.items():
        # What is a text, and no name for what came of it.
        if type(value) is str:
            given[name] = _told(value, MOST.get(name, NAME_MOST))
    parts = [ids[at : at + IDS_A_LINE] for at in range(0, len(ids), IDS_A_LINE)] or [()]
    for number, part in enumerate(parts, 1):
        of = f"{number}/{len(parts)}" if len(parts) > 1 else ""
        id = f"{time.time_ns():x}-{secrets.token_hex(3)}"
        entry = Entry(id=id, at=now, ids=part, part=of, **given)
        told = entry.model_dump(mode="json", exclude_defaults=True) | {"result": entry.result.value}
        yield json.dumps(told, ensure_ascii=True).encode() + b"\n"


def _told(text: str, most: int) -> str:
    """Return a text as it is written: of bounded length, without half characters, which no reader takes."""
    whole = text[: most + 1].encode("utf-8", "replace").decode()
    return whole if len(whole) <= most else whole[: most - 1] + "…"


def _read(line: bytes) -> Entry | None:
    """Return the entry of a line; None for one that a crash tore off, or somebody's hand."""
    try:
        return Entry.model_validate(orjson.loads(line))
    except (ValueError, ValidationError):
        return None


__all__ = ["Found", "Journal", "Result"]
