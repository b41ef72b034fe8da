"""Rows of input, checked by the process that does this and nothing else."""

import json

import pytest

from ratchet_web.api import Refused
from ratchet_web.bulk.checking import checked

SCHEMA = {"type": "object", "properties": {"n": {"type": "integer", "minimum": 1}}, "required": ["n"]}


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
    ("text", "said"), [("", "no rows"), ("a,a\n1,2\n", "Two columns"), ("n\n", "no rows below")]
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
