"""A real server that wants a login, its users made by the command while it runs and before."""

import asyncio
import io
import os
import socket
import sys
from contextlib import redirect_stderr, redirect_stdout
from unittest import mock
from urllib.parse import urlsplit

import httpx
import pytest

from ratchet_web.api import Forbidden, Ratchet
from ratchet_web.cli import main
from ratchet_web.cli.doctor import doctor
from ratchet_web.models.tasks import TaskQuery
from ratchet_web.server.access.identity import new_token
from ratchet_web.settings import Settings
from tests.support.server import PATIENCE_S, Process, on_port

PASSWORD = "a long enough password"
CONSOLE = new_token()


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def server(data_dir):
    wants = {"RATCHET_SERVER_AUTH": "on", "RATCHET_SERVER_CONSOLE_TOKEN": CONSOLE, "RATCHET_WORKERS": "1"}
    with on_port(data_dir, **wants) as running:
        yield running


def command(data_dir, *arguments, said="", code=0):
    """Run `ratchet-web server …` in this process; return what it says."""
    out, err = io.StringIO(), io.StringIO()
    with (
        mock.patch.dict(os.environ, {"RATCHET_DATA_DIR": str(data_dir)}),
        mock.patch.object(sys, "stdin", io.StringIO(said)),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        assert main(["server", *arguments]) == code, err.getvalue()
    return (err if code else out).getvalue().strip()


def login(server, name, password=PASSWORD):
    body = {"username": name, "password": password}
    return httpx.post(f"{server.url}/auth/login", json=body, trust_env=False)


def ask(server, token, path="/tasks"):
    return httpx.get(server.url + path, headers={"authorization": f"Bearer {token}"}, trust_env=False)


def test_the_first_user_is_made_before_the_first_start_and_finds_the_examples(tmp_path):
    command(tmp_path, "user", "add", "ada", "--role", "admin", said=PASSWORD)
    with on_port(tmp_path, RATCHET_SERVER_AUTH="on", RATCHET_WORKERS="1") as server:
        answer = login(server, "ada")
        assert answer.json()["data"]["user"]["role"] == "admin"
        assert ask(server, answer.json()["data"]["token"]).json()["meta"]["pagination"]["total"] == 5


def test_a_server_without_users_says_how_to_make_one(tmp_path):
    process = Process(tmp_path, RATCHET_SERVER_AUTH="on", RATCHET_WORKERS="1")
    launched = process.launch()
    process.wait_for_answer()
    assert httpx.get(f"{process.url}/tasks", trust_env=False).status_code == 401
    process.stop()
    assert "ratchet-web server user add NAME --role admin" in launched.communicate()[1]


def test_users_are_managed_while_the_server_runs(server, data_dir):
    command(data_dir, "user", "add", "Grace", "--role", "admin", said=PASSWORD)
    command(data_dir, "user", "add", "bob", said=PASSWORD)
    assert command(data_dir, "user", "list").splitlines() == ["bob\tuser", "grace\tadmin"]
    token = login(server, "bob").json()["data"]["token"]
    program = command(data_dir, "token", "add", "bob", "--role", "readonly", "--days", "1")
    assert ask(server, program, "/auth/me").json()["data"]["role"] == "readonly"
    command(data_dir, "user", "role", "bob", "--role", "service")
    assert ask(server, token, "/auth/me").json()["data"]["role"] == "service"
    command(data_dir, "user", "passwd", "bob", said="quite another password")
    assert ask(server, token).status_code == 401
    assert login(server, "bob").status_code == 401
    token = login(server, "bob", "quite another password").json()["data"]["token"]
    command(data_dir, "user", "disable", "bob")
    assert [ask(server, each).status_code for each in (token, program)] == [401, 401]
    command(data_dir, "user", "enable", "bob")
    assert ask(server, program).status_code == 200
    command(data_dir, "user", "remove", "bob")
    assert ask(server, program).status_code == 401


@pytest.mark.parametrize(
    ("arguments", "said", "told"),
    [
        (("user", "add", "eve"), "short", "at least 12 characters"),
        (("user", "add", "eve"), "", "at least 12 characters"),
        (("user", "add", "e v e"), PASSWORD, "cannot be a user's name"),
        (("user", "add", "keeper"), PASSWORD, "There is a user keeper already"),
        (("user", "remove", "keeper"), "", "the last admin"),
        (("user", "disable", "keeper"), "", "the last admin"),
        (("user", "role", "keeper", "--role", "user"), "", "the last admin"),
        (("user", "passwd", "nobody"), PASSWORD, "There is no user nobody"),
        (("token", "add", "nobody"), "", "There is no user nobody"),
        (("token", "add", "keeper", "--days", "-1"), "", "--days must be between 1 and 36500"),
        (("token", "add", "keeper", "--days", "10000000000"), "", "--days must be between 1 and 36500"),
    ],
)
def test_what_the_command_refuses_is_told_in_one_line(keeper, arguments, said, told):
    message = command(keeper, *arguments, said=said, code=1)
    assert told in message
    assert "\n" not in message


@pytest.fixture(scope="module")
def keeper(tmp_path_factory):
    directory = tmp_path_factory.mktemp("keeper")
    command(directory, "user", "add", "keeper", "--role", "admin", said=PASSWORD)
    return directory


def test_a_server_open_to_everybody_does_not_start(tmp_path):
    process = Process(tmp_path, RATCHET_SERVER_HOST="0.0.0.0", RATCHET_SERVER_AUTH="off").launch()
    _, said = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 1
    assert "RATCHET_SERVER_INSECURE=true" in said
    assert said.count("\n") == 1


async def test_the_console_of_the_run_works_and_sees_changes_as_they_happen(server):
    async with Ratchet(server.url, token=CONSOLE) as console, console.monitoring.events() as changes:
        task = (await console.tasks.page(TaskQuery(limit=1))).rows[0]
        await console.tasks.disable(task.id)
        assert (await anext(changes)).id == task.id
    async with Ratchet(server.url) as stranger:
        with pytest.raises(Forbidden, match="wants a login"):
            async with stranger.monitoring.events():
                pass


def raw(server, *headers, path="/api/v1/tasks"):
    """Return the status that a hand-made request gets, 0 if the connection is closed."""
    address = urlsplit(server.url)
    lines = [f"GET {path} HTTP/1.1".encode(), b"host: 127.0.0.1", b"connection: close", *headers]
    with socket.create_connection((address.hostname, address.port), PATIENCE_S) as opened:
        opened.settimeout(PATIENCE_S)
        try:
            opened.sendall(b"\r\n".join(lines) + b"\r\n\r\n")
            status = opened.makefile("rb").readline().split()
        except ConnectionError:
            return 0
    return int(status[1]) if status else 0


GOOD = b"authorization: Bearer " + CONSOLE.encode()


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [b"authorization:"],
        [b"authorization: Bearer"],
        [b"authorization: Bearer "],
        [b"authorization: Bearer  ,"],
        [b"authorization: Basic YWRhOmE="],
        [b"authorization: Bearer \xff\xfe\xc3\xa9"],
        [b"authorization: Bearer " + b"a" * 60_000],
        [b"authorization: Bearer " + b"a" * 2_000_000],
        [GOOD, GOOD],
        [GOOD, b"authorization: Bearer x"],
        [b"authorization: Bearer x"] * 90,
        [GOOD + b" x"],
        [GOOD + b", Bearer x"],
        [b"authorization: " + CONSOLE.encode()],
        [b"x-authorization: Bearer " + CONSOLE.encode()],
        [b"cookie: token=" + CONSOLE.encode()],
        [b"proxy-authorization: Bearer " + CONSOLE.encode()],
    ],
    ids=range(18),
)
def test_odd_credentials_are_refused_and_the_server_stays_well(server, headers):
    # 0 and 431: the HTTP server itself refuses headers of this size or number.
    assert raw(server, *headers) in (401, 400, 431, 0)
    assert raw(server, GOOD) == 200


@pytest.mark.parametrize("spelling", [b"Authorization: bearer ", b"AUTHORIZATION:   BEARER  "])
def test_the_scheme_is_read_in_any_case(server, spelling):
    assert raw(server, spelling + CONSOLE.encode()) == 200


@pytest.mark.parametrize("name", ["token", "access_token", "authorization"])
def test_a_token_in_an_address_is_worth_nothing(server, name):
    assert raw(server, path=f"/api/v1/tasks?{name}={CONSOLE}") == 401
    assert raw(server, path=f"/api/v1/events?{name}={CONSOLE}") == 401


@pytest.mark.parametrize(
    ("token", "level", "told"),
    [
        (None, "BAD", "it wants a login. Set RATCHET_API_TOKEN"),
        ("rat_wrong", "BAD", "the token is refused: This token is unknown"),
        (CONSOLE, "ok", "it wants a login, and the token of console works: admin, may do everything"),
    ],
    ids=["none", "wrong", "right"],
)
def test_the_doctor_says_whether_a_login_is_wanted_and_the_token_works(server, capsys, token, level, told):
    assert asyncio.run(examined(server, token)) is (level == "ok")
    (line,) = said_of_permissions(capsys)
    assert line.startswith(f"{level} ")
    assert told in line


@pytest.mark.parametrize(
    ("role", "level", "told"),
    [
        ("readonly", "note", "readonly, may look only: who runs, cancels, changes or deletes"),
        ("service", "note", "service, may look, run tasks and trigger schedules"),
        ("user", "ok", "user, may do everything but manage users"),
    ],
)
def test_the_doctor_says_what_the_token_may_do_and_never_shows_it(
    server, data_dir, capsys, role, level, told
):
    command(data_dir, "user", "add", f"doctor-{role}", "--role", role, said=PASSWORD)
    token = command(data_dir, "token", "add", f"doctor-{role}")
    assert asyncio.run(examined(server, token))
    said = capsys.readouterr().out
    (line,) = [each for each in said.splitlines() if "  permissions  " in each]
    assert line.startswith(f"{level} ")
    assert f"the token of doctor-{role} works: {told}" in line
    assert token not in said
    # Whoever may look can use every page.
    assert not [each for each in said.splitlines() if "work" in each and "does not" in each]


async def examined(server, token):
    return await doctor(Settings(api_url=server.url, api_token=token), server.url)


def said_of_permissions(capsys):
    return [each for each in capsys.readouterr().out.splitlines() if "  permissions  " in each]
