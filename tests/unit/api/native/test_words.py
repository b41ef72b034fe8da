"""What the native server takes for an attack, found before it is sent."""

import pytest

from ratchet_web.api import Refused
from ratchet_web.api.native.words import BODY_LIMIT, check, check_size, forbidden


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("Update the report", "Update"),
        ("cats & dogs", "&"),
        ("rm everything", "rm"),
        ("a -- b", "--"),
        ("../up", "../"),
        ("${x}", "${"),
        ("see #3", "#"),
        ("a <SCRIPT src=x>", "<SCRIPT src=x>"),
        ("<script", None),
        ("or a = b", "or a = b"),
        ("a */", "*/"),
        ("..\\up", "..\\"),
        ("onclick = go", "onclick ="),
        ("common = fine", None),
        ("money=1", "oney="),
        ("updates, dropped, created, lsof, psst", None),
        ("<b>“quotes”</b>\nand 日本", None),
        ("", None),
    ],
)
def test_the_first_forbidden_part_is_named(text: str, part: str | None) -> None:
    assert forbidden(text) == part


def test_every_place_is_named() -> None:
    schema = {"properties": {"a": {"$ref": "#/x"}}, "enum": ["ok", "kill it"]}
    with pytest.raises(Refused) as told:
        check(description="drop it", inputSchema=schema, outputSchema=None)
    assert list(told.value.fields) == ["description", "inputSchema.properties.a.$ref", "inputSchema.enum[1]"]
    assert "'drop'" in told.value.fields["description"]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({str(n): 1 for n in range(101)}, "more than 100 keys"),
        ([0] * 1_001, "more than 1000 items"),
        ("x" * 10_001, "longer than 10,000 bytes"),
    ],
)
def test_what_is_too_large_is_said(value: object, told: str) -> None:
    with pytest.raises(Refused) as refused:
        check(inputSchema=value)
    assert told in refused.value.fields["inputSchema"]


def test_what_is_nested_too_deeply_is_said() -> None:
    value: object = 1
    for _ in range(30):
        value = {"a": value}
    with pytest.raises(Refused) as refused:
        check(inputSchema=value)
    assert all("nested deeper" in text for text in refused.value.fields.values())


def test_a_request_may_be_two_mebibytes() -> None:
    check_size({"a": "x" * (BODY_LIMIT - 100)})
    with pytest.raises(Refused, match=r"2\.0 MiB; the server takes 2 MiB"):
        check_size({"a": "x" * BODY_LIMIT})
