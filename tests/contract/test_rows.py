"""Rows of input, checked by the process that does this and nothing else."""

import json
import sys

import pytest
from pydantic import JsonValue

from ratchet_web.api import Broken, Refused
from ratchet_web.bulk import checking
from ratchet_web.bulk.checking import Checked, given

SCHEMA = {"type": "object", "properties": {"n": {"type": "integer", "minimum": 1}}, "required": ["n"]}


async def checked(text: str, schema: JsonValue) -> Checked:
    with given(schema) as file:
        file.write(text.encode())
        return await checking.checked(file)


async def test_rows_are_checked_in_a_process_of_their_own() -> None:
    text = "n;note\n" + "".join(f"{n};ä\n" for n in range(200)) + "x;\n"
    found = await checked(text, SCHEMA)
    assert (found.summary["good"], found.summary["faulty"], found.summary["separator"]) == (199, 2, ";")
    assert found.summary["faults"] == [
        {"row": 2, "field": "n", "message": "0 is less than the minimum of 1"},
        {"row": 202, "field": "n", "message": "must be of type integer, not a text"},
    ]
    assert found.summary["preview"][0] == {"row": 3, "value": {"n": 1, "note": "ä"}}
    assert (len(found.inputs), json.loads(found.inputs["3"])) == (199, {"n": 1, "note": "ä"})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no rows"),
        ("a,a\n1,2\n", "Two columns"),
        ("n\n", "no rows below"),
        ("[" * 100_000, "nested too deeply"),
        ('{"n": 1}\n{"n": 1, "m": ' + "[" * 900 + "]" * 900 + "}", "nested too deeply"),
    ],
)
async def test_a_text_that_is_no_rows_is_refused(text: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        await checked(text, SCHEMA)


async def test_ten_thousand_rows_with_errors_tell_the_first_hundred() -> None:
    text = "".join(json.dumps({"n": -n}) + "\n" for n in range(12_000))
    summary = (await checked(text, SCHEMA)).summary
    assert (summary["faulty"], summary["good"], len(summary["faults"])) == (12_000, 0, 100)


async def test_too_many_rows_are_refused_as_a_whole() -> None:
    with pytest.raises(Refused, match="more than 50,000"):
        await checked("n\n" + "1\n" * 50_001, SCHEMA)


async def test_an_input_is_kept_as_short_as_it_can_be_said() -> None:
    found = await checked(json.dumps({"n": 1, "note": "日本"}), SCHEMA)
    assert found.inputs["1"].decode() == '{"n":1,"note":"日本"}'


async def test_half_a_character_is_a_fault_of_its_row() -> None:
    rows = [{"n": 1, "note": "\ud83d\ude00"}, {"n": 2, "note": "\ud83d"}, {"n": 3, "\ude00": 1}]
    for text in ("\n".join(map(json.dumps, rows)), json.dumps(rows)):
        found = await checked(text, SCHEMA)
        assert list(found.inputs) == ["1"]
        assert [fault["row"] for fault in found.summary["faults"]] == [2, 3]


async def test_what_is_no_number_of_json_is_a_fault_of_its_row() -> None:
    text = '{"n": 1}\n{"n": 1e999}\n{"n": NaN}\n{"n": 2}\n'
    found = await checked(text, SCHEMA)
    assert (list(found.inputs), [fault["row"] for fault in found.summary["faults"]]) == (["1", "4"], [2, 3])
    json.dumps(found.summary, allow_nan=False)


async def test_a_text_is_read_in_the_encoding_that_it_has() -> None:
    for encoding, good in (("utf-16", 1), ("cp1252", 1), ("utf-8-sig", 1)):
        with given(SCHEMA) as file:
            file.write("n,note\n1,ä\n".encode(encoding))
            assert (await checking.checked(file)).summary["good"] == good
    with given(SCHEMA) as file:
        file.write("n\n1\n".encode("utf-32"))
        with pytest.raises(Refused, match="save it as UTF-8"):
            await checking.checked(file)


async def test_two_hundred_thousand_columns_are_refused() -> None:
    names = ",".join(f"c{n}" for n in range(200_000))
    with pytest.raises(Refused, match="200,000 columns"):
        await checked(f"{names}\n{names}\n", SCHEMA)


@pytest.mark.parametrize(
    ("ends", "error", "said"),
    [
        ("os.kill(os.getpid(), signal.SIGSEGV)", Broken, "signal 11"),
        ("sys.exit(3)", Broken, "code 3"),
        ("raise MemoryError", Refused, "too much memory"),
        ("os.kill(os.getpid(), signal.SIGXCPU)", Refused, "too long"),
    ],
)
async def test_how_the_checking_ended_is_told_as_what_it_is(monkeypatch, ends, error, said) -> None:
    before = f"import os, signal, sys\nfrom ratchet_web.bulk import checking\ndef fails(*_): {ends}"
    command = (sys.executable, "-c", f"{before}\nchecking.check_rows = fails\nchecking.main()")
    monkeypatch.setattr(checking, "COMMAND", command)
    with pytest.raises(error, match=said):
        await checked("n\n1\n", SCHEMA)


async def test_a_check_that_does_not_end_is_told_as_too_long(monkeypatch) -> None:
    monkeypatch.setattr(checking, "COMMAND", (sys.executable, "-c", "import time; time.sleep(60)"))
    monkeypatch.setattr(checking, "PATIENCE_S", 0.1)
    with pytest.raises(Refused, match="too long"):
        await checked("n\n1\n", SCHEMA)
