"""What is an id."""

import pytest
from pydantic import TypeAdapter, ValidationError

from ratchet_web.models.base import RowId, is_row_id
from ratchet_web.models.executions import ExecutionQuery
from ratchet_web.models.jobs import JobQuery
from ratchet_web.models.schedules import ScheduleQuery

GOOD = ("0", "7", "0012", "9223372036854775807")
BAD = ("", " 1", "1\n", "-1", "+1", "1.0", "1e3", "1_000", "x", "١", "²", "9223372036854775808", "1" * 20)


@pytest.mark.parametrize("text", GOOD)
def test_ascii_digits_of_a_64_bit_number_are_an_id(text: str) -> None:
    assert is_row_id(text)
    assert TypeAdapter(RowId).validate_python(text) == text


@pytest.mark.parametrize("text", BAD)
def test_all_other_text_is_none(text: str) -> None:
    assert not is_row_id(text)
    with pytest.raises(ValidationError):
        TypeAdapter(RowId).validate_python(text)


@pytest.mark.parametrize("odd", [None, 1, True, ["1"], {"1": 1}])
def test_what_is_no_text_is_no_id(odd: object) -> None:
    assert not is_row_id(odd)


@pytest.mark.parametrize("query", [ExecutionQuery, JobQuery, ScheduleQuery])
@pytest.mark.parametrize("text", BAD[1:])
def test_an_address_that_names_no_id_is_told_so(
    query: type[ExecutionQuery | JobQuery | ScheduleQuery], text: str
) -> None:
    found, bad = query.parse({"task": text})
    assert (found.task, bad) == (None, ("task",))
