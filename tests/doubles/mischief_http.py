"""Hostile answers below JSON: bytes that are none, odd statuses and headers, odd connections."""

import gzip
import json
import re
from collections.abc import Callable
from enum import Enum
from random import Random
from typing import Any, NamedTuple

from tests.doubles.truths import Told

JSON_TYPE = {"content-type": "application/json"}
HTML = b"<!DOCTYPE html><html><h1>Internal Server Error</h1><p>Traceback (most recent call last):</html>"
MB = 2**20
# Where redirects point to; the tests put a listening address here.
ELSEWHERE = "http://elsewhere.invalid/"


class Manner(Enum):
    """How an answer is sent."""

    PLAIN = "as it should be"
    CHUNKED = "in chunks of odd sizes"
    RESET_FIRST = "a reset instead of an answer"
    RESET_HEAD = "a reset after the head"
    RESET_MIDWAY = "a reset in the middle of the body"
    CLOSE_MIDWAY = "an end in the middle of the body"
    DRIP = "byte after byte, slowly"
    DRIP_HEAD = "the head byte after byte, slowly"
    STALL = "nothing, and the connection stays open"
    RAW = "the body alone, without a head"


class Reply(NamedTuple):
    """An answer to send."""

    status: int
    headers: dict[str, str]
    body: bytes
    manner: Manner = Manner.PLAIN


Act = Callable[[Random, Told], Reply]


def json_reply(status: int, body: bytes, **headers: str) -> Reply:
    """Return a JSON answer; without a value an empty one."""
    named = {name.replace("_", "-"): told for name, told in headers.items()}
    return Reply(status, {**JSON_TYPE, **named}, b"" if status == 204 else body)


def true_body(told: Told) -> bytes:
    """Return the bytes of a true answer."""
    if told.events is not None:
        parts = (f"event: {name}\ndata: {json.dumps(value)}\n\n" for name, value in told.events)
        return "".join(parts).encode()
    return json.dumps(told.value).encode()


def bytes_of(change: Callable[[Random, bytes], bytes], **headers: str) -> Act:
    """Return what changes the bytes of a body."""

    def act(random: Random, told: Told) -> Reply:
        kind = "text/event-stream" if told.events is not None else "application/json"
        named = {"content-type": kind} | {name.replace("_", "-"): value for name, value in headers.items()}
        return Reply(200, named, change(random, true_body(told)))

    return act


def sent(manner: Manner) -> Act:
    """Return what sends the truth in an odd manner."""

    def act(_random: Random, told: Told) -> Reply:
        kind = "text/event-stream" if told.events is not None else "application/json"
        return Reply(told.status, {"content-type": kind}, true_body(told), manner)

    return act


def status(code: int, body: bytes, kind: str = "application/json", **headers: str) -> Act:
    """Return what answers with a status, whatever was asked."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _random, _told: Reply(code, {"content-type": kind, **named}, body)


def raw(body: bytes) -> Act:
    """Return what sends these bytes instead of HTTP."""
    return lambda _random, _told: Reply(0, {}, body, Manner.RAW)


def redirect(code: int, location: str) -> Act:
    """Return a redirect; `{elsewhere}` is the address of another host."""

    def act(_random: Random, _told: Told) -> Reply:
        return Reply(code, {"location": location.format(elsewhere=ELSEWHERE)}, b"")

    return act


def _error(value: Any) -> bytes:
    return json.dumps(value).encode()


def _cut(random: Random, body: bytes) -> bytes:
    return body[: random.randrange(len(body))] if body else b"{"


def _noise(random: Random, body: bytes) -> bytes:
    place = random.randrange(len(body) + 1)
    return body[:place] + random.choice((b"\xff\xfe", b"\xc3(", b"\xed\xa0\x80", b"\x00")) + body[place:]


BODIES: tuple[tuple[str, Act], ...] = (
    ("truncated", bytes_of(_cut)),
    ("truncated again", bytes_of(_cut)),
    ("invalid UTF-8", bytes_of(_noise)),
    ("only noise", bytes_of(lambda random, body: random.randbytes(2_000))),
    ("UTF-16", bytes_of(lambda _random, body: body.decode().encode("utf-16"))),
    ("byte order mark", bytes_of(lambda _random, body: b"\xef\xbb\xbf" + body)),
    ("not a number", bytes_of(lambda _random, body: re.sub(rb": -?\d+", b": NaN", body))),
    ("rest after it", bytes_of(lambda _random, body: body + b" trailing { garbage")),
    ("twice", bytes_of(lambda _random, body: body + body)),
    ("no body", bytes_of(lambda _random, body: b"")),
    ("brackets", bytes_of(lambda _random, body: b"[" * 100_000)),
    ("surrogate brackets", bytes_of(lambda _random, body: b'["\\ud800",' + b'{"a":[' * 50_000)),
    ("giant number", bytes_of(lambda _random, body: b'{"data":' + b"9" * 50_000 + b"}")),
    (
        "broken gzip",
        bytes_of(lambda _random, body: gzip.compress(body)[:-9] + b"xx", content_encoding="gzip"),
    ),
    ("no gzip", bytes_of(lambda _random, body: body, content_encoding="gzip")),
    ("unknown encoding", bytes_of(lambda _random, body: body, content_encoding="rot13")),
    ("true gzip", bytes_of(lambda _random, body: gzip.compress(body), content_encoding="gzip")),
    ("wrong type", bytes_of(lambda _random, body: body, content_type="image/png")),
    ("HTML type", bytes_of(lambda _random, body: body, content_type="text/html; charset=utf-7")),
    ("a web page", bytes_of(lambda _random, body: HTML, content_type="text/html")),
    ("cookies", bytes_of(lambda _random, body: body, set_cookie="session=" + "x" * 3_000)),
    ("odd request id", bytes_of(lambda _random, body: body, x_request_id="\xe9\x7f<b>" * 100)),
)
HEAVY: tuple[tuple[str, Act], ...] = (
    ("20 MB of text", bytes_of(lambda _random, body: b'{"data":"' + b"x" * (20 * MB) + b'"}')),
    ("20 MB of rows", bytes_of(lambda _random, body: b'{"data":[' + b'{"id":1},' * (2 * MB) + b'{"id":2}]}')),
    ("20 MB of nothing", bytes_of(lambda _random, body: b"[" + b"[]," * (7 * MB) + b"[]]")),
    ("20 MB of errors", status(400, b'{"error":{"message":"' + b"e" * (20 * MB) + b'"}}')),
    (
        "gzip bomb",
        bytes_of(lambda _random, body: gzip.compress(b" " * (200 * MB), 1), content_encoding="gzip"),
    ),
)
STATUSES: tuple[tuple[str, Act], ...] = (
    ("204 with a body", status(204, b'{"data": {}}')),
    ("205", status(205, b"")),
    ("206", status(206, b'{"data": [')),
    ("304", status(304, b"")),
    ("500 with HTML", status(500, HTML, "text/html")),
    ("502 with HTML", status(502, HTML, "text/html")),
    ("503 as text", status(503, b"upstream connect error or disconnect/reset before headers", "text/plain")),
    ("500 empty", status(500, b"")),
    ("599", status(599, b"null")),
    ("418", status(418, _error("short and stout"))),
    ("400 with a list", status(400, _error([{"msg": "x"}]))),
    (
        "400 with odd fields",
        status(400, _error({"error": {"message": "", "details": {"a": {"b": [None]}, "c": []}}})),
    ),
    (
        "422 of pydantic",
        status(422, _error({"detail": [{"loc": ["body", 0, {}], "msg": None}, {"loc": "x"}, 3]})),
    ),
    (
        "400 with odd parts",
        status(400, _error({"error": {"message": {"a": 1}, "code": 5, "requestId": [], "details": [[]]}})),
    ),
    (
        "400 with controls",
        status(400, _error({"error": {"message": "bad\u0000\u001b[31m \u202e thing\nsecond line"}})),
    ),
    (
        "400 with spaces",
        status(400, _error({"error": {"message": " \n ", "details": [{"field": " ", "message": " "}]}})),
    ),
    ("400 nested", status(400, b'{"error":' * 5_000)),
    ("400 of bytes", status(400, bytes(range(256)), "application/octet-stream")),
    (
        "404 of many fields",
        status(
            404,
            _error({"error": {"message": "m" * 5_000, "details": {str(n): "x" * 500 for n in range(3_000)}}}),
        ),
    ),
    ("401", status(401, _error({"error": "who?"}))),
    ("403 with HTML", status(403, HTML, "text/html")),
    ("409", status(409, _error({"message": "not now"}))),
    ("410", status(410, b"")),
    ("429", status(429, b"", retry_after="0")),
    ("429 for years", status(429, b"slow down", "text/plain", retry_after="999999999")),
    ("429 with an odd date", status(429, b"", retry_after="Fri, 31 Dec 99999 23:59:59 +99999999")),
    ("429 with a far date", status(429, b"", retry_after="Fri, 31 Dec 9999 23:59:59 -2359")),
    ("503 with an odd wait", status(503, b"", retry_after="\u0663\u0664, soon")),
    ("redirect elsewhere", redirect(302, "{elsewhere}api/v1/steal")),
    ("redirect with the method", redirect(307, "{elsewhere}api/v1/steal")),
    ("redirect for ever", redirect(301, "/api/v1/tasks")),
    ("redirect to a port", redirect(308, "http://:0/")),
    ("redirect to nonsense", redirect(302, "http://[::1")),
    ("redirect to a number", redirect(302, "https://a:99999999/")),
    ("redirect to a file", redirect(303, "file:///etc/passwd")),
    ("redirect to a script", redirect(302, "javascript:alert(1)//\x01")),
    ("redirect nowhere", redirect(302, "")),
)
MANNERS: tuple[tuple[str, Act], ...] = (
    ("in chunks", sent(Manner.CHUNKED)),
    ("reset first", sent(Manner.RESET_FIRST)),
    ("reset after the head", sent(Manner.RESET_HEAD)),
    ("reset midway", sent(Manner.RESET_MIDWAY)),
    ("closed midway", sent(Manner.CLOSE_MIDWAY)),
    ("no HTTP", raw(b"SSH-2.0-OpenSSH_9.6\r\n")),
    ("nothing at all", raw(b"")),
    ("half a head", raw(b"HTTP/1.1 200 OK\r\nContent-")),
    ("endless head", raw(b"HTTP/1.1 200 OK\r\n" + b"x-more: " + b"y" * 400_000)),
    ("odd status line", raw(b"HTTP/1.1 99999 \xff\xfe\r\n\r\n")),
    ("odd length", raw(b"HTTP/1.1 200 OK\r\ncontent-length: -5\r\n\r\n{}")),
    ("two lengths", raw(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 9\r\n\r\n{}   ")),
    ("odd chunks", raw(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n")),
    (
        "a hint first",
        raw(b"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"),
    ),
    ("a switch of protocols", raw(b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\n{}")),
    ("old HTTP", raw(b"HTTP/1.0 200 OK\r\n\r\n{}")),
)
SLOW: tuple[tuple[str, Act], ...] = (
    ("byte after byte", sent(Manner.DRIP)),
    ("head byte after byte", sent(Manner.DRIP_HEAD)),
    ("silence", sent(Manner.STALL)),
)
HTTP = (
    *((name, act, False, False) for name, act in (*BODIES, *STATUSES, *MANNERS)),
    *((name, act, True, False) for name, act in HEAVY),
    *((name, act, False, True) for name, act in SLOW),
)
