"""Tokens and passwords reach the server, and nothing else."""

from base64 import b64encode

import httpx
import pytest

from ratchet_web.api import Forbidden, NotFound, Ratchet, Unreachable
from ratchet_web.models.dialect import Dialect
from tests.doubles.transport import Scripted, answer

AT = "/api/v1"
DOWN = httpx.ConnectError("no")


async def test_a_token_is_sent_and_a_password_never_shown(server: Scripted) -> None:
    server.on(f"{AT}/tasks/1", DOWN)
    async with Ratchet(
        "http://me:secret@ratchet.test/api/v1/", token="t", transport=server, dialect=Dialect()
    ) as ratchet:
        assert ratchet.server == "http://ratchet.test"
        with pytest.raises(Unreachable) as caught:
            await ratchet.tasks.get("1")
    assert "secret" not in str(caught.value)
    assert server.requests[0].headers["authorization"] == "Bearer t"


async def test_a_token_that_a_server_repeats_is_not_told_to_people(server: Scripted) -> None:
    told = {"error": {"message": "the token rat_abcdefgh is unknown"}}
    server.on(f"{AT}/tasks/1", answer(401, told))
    async with Ratchet(
        "http://ratchet.test", token="rat_abcdefgh", transport=server, dialect=Dialect()
    ) as ratchet:
        with pytest.raises(Forbidden) as caught:
            await ratchet.tasks.get("1")
    assert str(caught.value) == "the token … is unknown"


async def test_a_user_and_a_password_are_sent_and_in_no_log(
    server: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("", "httpx", "httpcore"):
        caplog.set_level("DEBUG", logger=name)
    server.on(f"{AT}/tasks/1", answer(404))
    async with Ratchet("http://me:se%63ret@ratchet.test", transport=server, dialect=Dialect()) as ratchet:
        with pytest.raises(NotFound):
            await ratchet.tasks.get("1")
    assert server.requests[0].headers["authorization"] == f"Basic {b64encode(b'me:secret').decode()}"
    assert "ratchet.test" in caplog.text
    assert "se%63ret" not in caplog.text
