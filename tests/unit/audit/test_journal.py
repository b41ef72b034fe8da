"""The record of acts: what is written is there, whatever comes; what cannot be written is not done."""

import asyncio
import json
from itertools import count
from pathlib import Path

import pytest

from ratchet_web.api import Refused
from ratchet_web.audit.actor import Actor, act_as
from ratchet_web.audit.files import NEWEST, AuditFiles
from ratchet_web.audit.journal import IDS_A_LINE, REFUSALS_MOST, Found, Journal
from ratchet_web.models.audit import AuditQuery, Result


class Full(AuditFiles):
    """A disk that may be full."""

    full = False

    def append(self, lines: bytes) -> None:
        if self.full:
            raise OSError(28, "No space left on device")
        super().append(lines)


def lines(directory: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (directory / NEWEST).read_text().splitlines()]


def sizes_of(directory: Path) -> list[int]:
    return [path.stat().st_size for path in directory.glob("*.jsonl")]


async def test_an_act_is_written_with_who_and_from_where(tmp_path: Path) -> None:
    act_as(Actor("Ann", "admin", "192.0.2.7"))
    journal = Journal(AuditFiles(tmp_path, 1_000_000))
    await journal.write(
        server="prod", noun="jobs", verb="cancel", ids=("12",), reason="too many", request_id="r1"
    )
    (line,) = lines(tmp_path)
    assert {name: line[name] for name in ("who", "role", "address", "server", "noun", "verb", "result")} == {
        "who": "Ann",
        "role": "admin",
        "address": "192.0.2.7",
        "server": "prod",
        "noun": "jobs",
        "verb": "cancel",
        "result": "done",
    }
    assert (line["ids"], line["reason"], line["request_id"]) == (["12"], "too many", "r1")
    assert (tmp_path / NEWEST).stat().st_mode & 0o077 == 0


async def test_many_ids_stand_on_several_lines(tmp_path: Path) -> None:
    journal = Journal(AuditFiles(tmp_path, 10_000_000))
    ids = tuple(map(str, range(2 * IDS_A_LINE + 1)))
    await journal.write(noun="jobs", verb="cancel", ids=ids)
    assert [line["part"] for line in lines(tmp_path)] == ["1/3", "2/3", "3/3"]
    assert tuple(id for line in lines(tmp_path) for id in line["ids"]) == ids  # type: ignore[attr-defined]
    assert {line["n"] for line in lines(tmp_path)} == {len(ids)}


async def test_the_record_has_a_bound_and_the_oldest_goes(tmp_path: Path) -> None:
    journal = Journal(AuditFiles(tmp_path, 20_000))
    for number in range(300):
        await journal.write(noun="jobs", verb="cancel", ids=(str(number),), note="x" * 100)
    sizes = sizes_of(tmp_path)
    assert len(sizes) == 10
    assert sum(sizes) <= 20_000
    found = await journal.find(AuditQuery(limit=100), "")
    assert [entry.ids for entry in found.entries[:2]] == [("299",), ("298",)]


async def test_two_processes_write_and_turn_beside_each_other(tmp_path: Path) -> None:
    journals = [Journal(AuditFiles(tmp_path, 40_000)) for _ in range(2)]
    await asyncio.gather(
        *(journals[n % 2].write(noun="jobs", verb="cancel", ids=(str(n),)) for n in range(100))
    )
    assert len(sizes_of(tmp_path)) > 2
    found = (await journals[0].find(AuditQuery(limit=100), "")).entries
    assert {entry.ids for entry in found} == {(str(n),) for n in range(100)}


async def test_a_full_disk_lets_nothing_be_done_and_loses_nothing(tmp_path: Path) -> None:
    disk = Full(tmp_path, 1_000_000)
    journal = Journal(disk)
    await journal.ready()
    disk.full = True
    await journal.write(noun="jobs", verb="cancel", ids=("1",))  # done just before it was known
    with pytest.raises(Refused, match=r"Nothing was done: .*No space left on device"):
        await journal.ready()
    disk.full = False
    await journal.ready()
    await journal.write(noun="jobs", verb="cancel", ids=("2",))
    assert [line["ids"] for line in lines(tmp_path)] == [["1"], ["2"]]


async def test_a_line_that_a_crash_tore_off_costs_no_other(tmp_path: Path) -> None:
    journal = Journal(AuditFiles(tmp_path, 1_000_000))
    await journal.write(noun="jobs", verb="cancel", ids=("1",))
    with (tmp_path / NEWEST).open("a") as file:
        file.write('{"id": "torn')
    await journal.write(noun="jobs", verb="cancel", ids=("2",))
    found = await journal.find(AuditQuery(), "")
    assert [entry.ids for entry in found.entries] == [("2",), ("1",)]


async def test_a_search_ends_in_time_also_where_nothing_matches(tmp_path: Path) -> None:
    ticks = count()
    slow, quick = (Journal(AuditFiles(tmp_path, 1_000_000), now) for now in (lambda: next(ticks), lambda: 0))
    for number in range(10):
        await quick.write(noun="jobs", verb="cancel", ids=(str(number),))
    whom = AuditQuery.parse({"who": "nobody"})[0]
    assert await slow.find(whom, "") == Found([], more=False, cut=True)
    assert next(ticks) < 5
    assert await quick.find(whom, "") == Found([], more=False, cut=False)


async def test_a_flood_of_refusals_is_cut_short_by_sender(tmp_path: Path) -> None:
    now = [0.0]
    journal = Journal(AuditFiles(tmp_path, 1_000_000), now_s=lambda: now[0])
    for _ in range(3 * REFUSALS_MOST):
        journal.note(who="Eve", verb="open", result=Result.REFUSED)
    journal.note(who="Ann", verb="open", result=Result.REFUSED)
    now[0] = 61.0
    journal.note(who="Eve", verb="open", result=Result.REFUSED)
    await journal.close()
    assert [line["who"] for line in lines(tmp_path)].count("Eve") == REFUSALS_MOST + 1
    assert [line["who"] for line in lines(tmp_path)].count("Ann") == 1


async def test_names_that_are_made_up_do_not_make_a_flood_longer(tmp_path: Path) -> None:
    journal = Journal(AuditFiles(tmp_path, 1_000_000), now_s=lambda: 0.0)
    for number in range(3 * REFUSALS_MOST):
        journal.note(sender="192.0.2.7", who=f"eve-{number}", verb="sign_in", result=Result.REFUSED)
    await journal.close()
    assert len(lines(tmp_path)) == REFUSALS_MOST


async def test_texts_that_are_no_texts_hide_nothing_and_long_ones_are_cut(tmp_path: Path) -> None:
    journal = Journal(AuditFiles(tmp_path, 1_000_000))
    for field in ("who", "noun", "verb", "reason", "note", "request_id"):
        await journal.write(**{field: "half \ud800", "ids": ("\udfff",)})
        await journal.write(**{field: "x" * 1_000_000, "ids": ("9" * 1_000_000,)})
    assert len((await journal.find(AuditQuery(), "")).entries) == 12
    assert max(map(len, (tmp_path / NEWEST).read_bytes().splitlines())) < 10_000


async def test_entries_are_found_by_all_that_they_say(tmp_path: Path) -> None:
    journal = Journal(AuditFiles(tmp_path, 1_000_000))
    await journal.write(server="prod", who="Ann", noun="jobs", verb="cancel", ids=("1", "2"), reason="Noisy")
    await journal.write(
        server="prod", who="Bob", noun="tasks", verb="delete", ids=("3",), result=Result.FAILED
    )
    await journal.write(server="test", who="Ann", noun="tasks", verb="delete", ids=("4",))

    async def found(**narrowed: str) -> list[str]:
        entries = (await journal.find(AuditQuery.parse(narrowed)[0], "prod")).entries
        return [entry.what for entry in entries]

    assert await found() == ["delete tasks", "cancel jobs"]
    assert await found(who="ann") == await found(what="noisy") == await found(row="2") == ["cancel jobs"]
    assert await found(result="failed") == await found(what="delete") == ["delete tasks"]
    assert await found(range="1h") == await found()
    assert await found(until="2001-01-01T00:00:00Z") == await found(row="4") == []
    assert await found(page="2", limit="1") == ["cancel jobs"]
