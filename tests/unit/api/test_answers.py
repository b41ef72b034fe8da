"""Errors in every shape that a layer of a real server gives them (ratchet-api.md 2.2)."""

from datetime import UTC, datetime

import pytest

from ratchet_web.api.answers import Answer, failure, parse, retry_after_s
from ratchet_web.api.errors import (
    Broken,
    Conflict,
    Forbidden,
    Limited,
    NotFound,
    RatchetError,
    Refused,
    Unreachable,
)

JSON, TEXT, HTML = "application/json", "text/plain; charset=utf-8", "text/html"
OURS = (
    '{"error":{"code":"VALIDATION_ERROR","message":"Input is not valid","requestId":"r-9","status":400,'
    '"details":[{"field":"input.amount","message":"must be a number"},{"field":"name","message":"long"}]}}'
)
AXUM = (
    "Failed to deserialize the JSON body into the target type: priority: unknown variant `URGENT`, expected"
)


@pytest.mark.parametrize(
    ("status", "content_type", "body", "kind", "message", "fields"),
    [
        (
            400,
            JSON,
            OURS,
            Refused,
            "Input is not valid",
            {"input.amount": "must be a number", "name": "long"},
        ),
        (
            404,
            JSON,
            '{"error":{"code":"NOT_FOUND","message":"No task","status":404}}',
            NotFound,
            "No task",
            {},
        ),
        (429, JSON, '{"error":{"code":"RATE_LIMITED","message":"Slow down"}}', Limited, "Slow down", {}),
        (422, TEXT, AXUM, Refused, AXUM, {"priority": AXUM}),
        (
            422,
            TEXT,
            "missing field `taskId` at line 1",
            Refused,
            None,
            {"taskId": "missing field `taskId` at line 1"},
        ),
        (
            415,
            TEXT,
            "Expected request with `Content-Type`",
            Refused,
            "Expected request with `Content-Type`",
            {},
        ),
        (404, "", "", NotFound, "The server does not know this", {}),
        (405, "", "", Refused, "This server does not offer this", {}),
        (500, TEXT, "Missing request extension: x", Broken, "Missing request extension: x", {}),
        (409, JSON, '{"error":"exists"}', Conflict, "exists", {}),
        (400, JSON, '{"message":"so not"}', Refused, "so not", {}),
        (
            422,
            JSON,
            '{"detail":[{"loc":["body","name"],"msg":"Field required"}]}',
            Refused,
            "Field required",
            {"name": "Field required"},
        ),
        (404, JSON, '{"detail":"Not Found"}', NotFound, "Not Found", {}),
        (400, JSON, '{"title":"Bad","errors":{"name":"empty"}}', Refused, "Bad", {"name": "empty"}),
        (401, HTML, "<html>login</html>", Forbidden, None, {}),
        (403, "", "", Forbidden, "The server does not allow this with this token", {}),
        (404, HTML, "<html>nginx</html>", Broken, None, {}),
        (302, "", "", Broken, None, {}),
        (418, JSON, "[1]", Refused, None, {}),
        (599, "", "", Broken, "The server answered 599 (unknown status)", {}),
        (400, JSON, '{"error":{"message":null,"details":[3,{"x":1}]}}', Refused, None, {"": ""}),
        (500, JSON, "\xff not json", Broken, None, {}),
    ],
)
def test_each_shape_becomes_its_error(
    status: int,
    content_type: str,
    body: str,
    kind: type[RatchetError],
    message: str | None,
    fields: dict[str, str],
) -> None:
    error = failure(Answer(status, content_type, body.encode("latin-1"), "sent-1"))
    assert type(error) is kind
    assert error.status == status
    assert error.fields == fields
    assert error.request_id in ("sent-1", "r-9")
    assert str(error)
    assert message in (None, str(error))


def test_the_servers_own_request_id_and_code_are_kept() -> None:
    error = failure(Answer(400, JSON, OURS.encode(), "sent-1"))
    assert (error.request_id, error.code, error.kind) == ("r-9", "VALIDATION_ERROR", "Refused")


def test_a_message_has_an_end() -> None:
    assert len(str(failure(Answer(500, TEXT, b"x" * 100_000, "1")))) == 600


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("", None), ("3", 3), ("1.5", 1.5), ("soon", None), ("-1", None), ("Thu, 01 Jan 2026 00:00:10 GMT", 10)],
)
def test_retry_after_is_a_number_or_a_date(header: str, seconds: float | None) -> None:
    assert retry_after_s(header, datetime(2026, 1, 1, tzinfo=UTC)) == seconds


def test_half_a_surrogate_pair_is_read() -> None:
    assert parse(rb'{"a":"x\ud83d y","b":"\ud83d\ude00"}') == {"a": "x? y", "b": "😀"}


@pytest.mark.parametrize("body", [b"", b"{", b"NaN", b"[Infinity]", b"\xff", b"[" * 100_000, b'"\\ud83d'])
def test_what_is_no_json_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse(body)


def test_all_errors_have_one_root() -> None:
    for kind in (Unreachable, Refused, NotFound, Conflict, Forbidden, Limited, Broken):
        assert issubclass(kind, RatchetError)
        assert kind.title
