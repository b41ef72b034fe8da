"""Output destinations: what is refused, what is shown, which secrets stay."""

import orjson
import pytest
from pydantic import TypeAdapter, ValidationError

from ratchet_web.models.destinations import Destinations
from ratchet_web.server.deliveries.destinations import kept, shown
from ratchet_web.server.errors import InvalidError
from ratchet_web.settings import Settings

HERE = "https://hooks.example.com/in"


def webhook(**more):
    return {"destinationType": "webhook", "webhook": {"url": HERE, **more}}


def bearer(token):
    return {"authType": "BEARER", "bearer": {"token": token}}


def api_key(header):
    return {"authType": "apiKey", "apiKey": {"key": "1", "headerName": header}}


def file(path, **more):
    return {"destinationType": "FILESYSTEM", "filesystem": {"path": path, **more}}


def drafts(*given):
    return TypeAdapter(Destinations).validate_python(list(given))


SECRETS = [
    ({"authentication": bearer("t0p")}, ("authentication", "bearer", "token")),
    (
        {"authentication": {"authType": "basic", "basic": {"username": "me", "password": "t0p"}}},
        ("authentication", "basic", "password"),
    ),
    (
        {"authentication": {"authType": "apiKey", "apiKey": {"key": "t0p"}}},
        ("authentication", "apiKey", "key"),
    ),
    ({"headers": {"X-Auth-Token": "t0p", "X-Team": "blue"}}, ("headers", "X-Auth-Token")),
    *(({"headers": {name: "t0p"}}, ("headers", name)) for name in ("X-Credential", "X-Session-Id", "X-Jwt")),
]


@pytest.mark.parametrize(("more", "path"), SECRETS, ids=lambda case: str(case)[:40])
def test_a_secret_is_masked_and_the_mask_keeps_it(more, path):
    stored = kept(drafts(webhook(**more)), Settings())
    assert "t0p" in stored
    seen = shown(stored)
    assert "t0p" not in orjson.dumps(seen).decode()
    value = seen[0]["webhook"]
    for name in path:
        value = value[name]
    assert value == "***"
    assert kept(drafts(*seen), Settings(), stored) == stored


def test_what_is_no_secret_is_shown():
    stored = kept(drafts(webhook(headers={"X-Team": "blue"}, timeoutSeconds=5)), Settings())
    (seen,) = shown(stored)
    assert (seen["webhook"]["headers"], seen["webhook"]["timeoutSeconds"]) == ({"X-Team": "blue"}, 5)


def test_a_mask_without_a_secret_behind_it_is_refused_at_its_field():
    with pytest.raises(InvalidError) as caught:
        kept(drafts(webhook(authentication=bearer("***"))), Settings())
    (fault,) = caught.value.details
    assert fault.path == "outputDestinations.0.webhook.authentication.bearer.token"


def test_a_secret_does_not_follow_to_another_server():
    stored = kept(drafts(webhook(authentication=bearer("t0p"))), Settings())
    with pytest.raises(InvalidError):
        kept(
            drafts(webhook(url="https://evil.example.com/in", authentication=bearer("***"))),
            Settings(),
            stored,
        )
    moved = kept(drafts(webhook(url=HERE + "/new", authentication=bearer("***"))), Settings(), stored)
    assert "t0p" in moved


def test_a_secret_stays_when_an_earlier_destination_is_taken_out():
    other = {"destinationType": "STDIO"}
    stored = kept(drafts(other, webhook(authentication=bearer("t0p"))), Settings())
    assert kept(drafts(webhook(authentication=bearer("***"))), Settings(), stored).count("t0p") == 1


def test_files_are_refused_without_a_directory_for_them(tmp_path):
    with pytest.raises(InvalidError, match="RATCHET_FILES_DIR"):
        kept(drafts(file("out.json")), Settings())
    assert kept(drafts(file("out.json")), Settings(files_dir=tmp_path))


@pytest.mark.parametrize(
    "wrong",
    [
        webhook(url="ftp://example.com"),
        webhook(url="https://me:secret@example.com"),
        webhook(url="https://"),
        webhook(url="http://example.com:port"),
        webhook(url="https://example.com/" + "x" * 2_048),
        webhook(url="https://example.com/a b"),
        webhook(url="https://example.com/a\tb"),
        webhook(url="https://example.com/\u202e"),
        webhook(timeoutSeconds=0),
        webhook(timeoutSeconds=301),
        webhook(method="DELETE"),
        webhook(headers={"bad name": "x"}),
        webhook(headers={"x": "a\r\nb: c"}),
        webhook(headers={"x": "a "}),
        webhook(authentication=bearer("t0p\n")),
        webhook(authentication=bearer("t0p ")),
        webhook(authentication=bearer("t0pé")),
        webhook(authentication={"authType": "apiKey", "apiKey": {"key": "t0p\n"}}),
        webhook(authentication=api_key("Content-Length")),
        webhook(authentication=api_key("Host")),
        webhook(authentication={"authType": "BEARER"}),
        webhook(authentication={"authType": "BEARER", "basic": {"username": "a", "password": "b"}}),
        webhook(retryPolicy={"maxAttempts": 0}),
        file("/etc/passwd"),
        file("../out.json"),
        file("a/../../out.json"),
        file(".hidden"),
        file("a//b"),
        file("a\x1b[2Jb"),
        file("a\u202eb"),
        file("a", permissions="7777"),
        {"destinationType": "WEBHOOK"},
        {"destinationType": "WEBHOOK", "filesystem": {"path": "a"}},
        {"destinationType": "S3"},
        {**webhook(), "more": 1},
    ],
    ids=str,
)
def test_what_cannot_be_a_destination_is_refused(wrong):
    with pytest.raises(ValidationError):
        drafts(wrong)


def test_more_than_ten_are_refused():
    with pytest.raises(ValidationError):
        drafts(*[webhook()] * 11)
