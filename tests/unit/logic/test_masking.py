"""Settings as anybody may see them: nothing secret, whatever its kind."""

from pathlib import Path

import pytest
from pydantic import AnyUrl, BaseModel, Field, SecretBytes, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from ratchet_web.logic.masking import in_words, shown
from ratchet_web.settings import Settings

SECRET = "hunter2-Zx9"


class Server(BaseModel):
    name: str = "east"
    url: str = f"https://ann:{SECRET}@east.example/api"
    token: str = SECRET
    key: SecretStr = SecretStr(SECRET)


class Strange(BaseSettings):
    """More kinds of secrets than ours has today."""

    model_config = SettingsConfigDict(env_prefix="STRANGE_")

    plain: str = Field("a", description="Nothing to hide")
    limit: float = 604_800.0
    place: Path = Path("/data")
    nothing: int | None = None
    secret: SecretStr | None = SecretStr(SECRET)
    empty_secret: SecretStr = SecretStr("")
    unset_secret: SecretStr | None = None
    raw: SecretBytes = SecretBytes(SECRET.encode())
    listed: list[SecretStr] = [SecretStr(SECRET)]
    admin_password: str = SECRET
    api_keys: tuple[str, ...] = (SECRET,)
    store: str = f"redis://:{SECRET}/with/slash@redis.example:6379/0"
    several: str = f"a=http://x:{SECRET}@a.example, b=http://b.example/?token={SECRET}#{SECRET}"
    address: AnyUrl = AnyUrl(f"https://ann:{SECRET}@web.example/path")
    servers: tuple[Server, ...] = (Server(),)
    by_name: dict[str, SecretStr] = {"one": SecretStr(SECRET)}


def test_nothing_secret_is_shown() -> None:
    told = shown(Strange())
    assert SECRET not in repr([each.model_dump() for each in told])
    assert "hunter" not in repr(told)
    found = {each.name.removeprefix("STRANGE_").lower(): each for each in told}
    words = {name: each.value for name, each in found.items()}
    assert words["secret"] == words["raw"] == words["admin_password"] == words["api_keys"] == "set"
    assert words["empty_secret"] == words["unset_secret"] == "not set"
    assert words["store"] == "redis://redis.example:6379/0"
    assert words["several"] == "a=http://a.example, b=http://b.example/?…"
    assert words["address"] == "https://web.example/path"
    assert words["servers"] == "name: east, url: https://east.example/api, token: set, key: set"
    assert (words["limit"], words["place"], words["nothing"]) == ("604800", "/data", "")
    assert (found["plain"].help, found["plain"].secret, found["listed"].secret) == (
        "Nothing to hide",
        False,
        True,
    )


SECRETS = [name for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)]
# What a secret must look like to be taken, and what it needs beside it.
SHAPES = {"server_tokens": f"east={SECRET}", "web_redis_url": f"redis://:{SECRET}@localhost:6379"}
BESIDE = {
    "server_tokens": ("RATCHET_SERVERS", f"east=http://ann:{SECRET}@east.example/api, b=http://b.example")
}


@pytest.mark.parametrize("name", SECRETS)
def test_every_secret_of_ours_is_hidden(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(f"RATCHET_{name}".upper(), SHAPES.get(name, SECRET * 4))
    monkeypatch.setenv(
        *BESIDE.get(name, ("RATCHET_API_URL", f"http://ann:{SECRET}@a.example/api?k={SECRET}"))
    )
    told = {each.name: each for each in shown(Settings())}
    assert SECRET not in repr(told)
    assert told[f"RATCHET_{name}".upper()].value == "set"
    urls = (told["RATCHET_API_URL"].value, told["RATCHET_SERVERS"].value)
    assert urls in (
        ("http://a.example/api?…", ""),
        ("", "east=http://east.example/api, b=http://b.example"),
    )


def test_what_the_environment_sets_is_told_from_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RATCHET_KEEP_DAYS", "7")
    monkeypatch.delenv("RATCHET_WORKERS", raising=False)
    told = {each.name: each for each in shown(Settings())}
    assert len(told) == len(Settings.model_fields)
    days, workers = told["RATCHET_KEEP_DAYS"], told["RATCHET_WORKERS"]
    assert (days.value, days.default, days.given) == ("7", "30", True)
    assert (workers.value, workers.given) == ("2", False)
    assert all(each.help for each in told.values())


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, ""),
        (True, "True"),
        (["a", "b"], "a; b"),
        ({"password": "x", "port": 1}, "password: set, port: 1"),
        ("no address: a@b", "no address: a@b"),
        ("http://[bad", "http://…"),
    ],
)
def test_values_in_words(value: object, words: str) -> None:
    assert in_words(value) == words
