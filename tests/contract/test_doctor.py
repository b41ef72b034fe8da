"""The doctor on real connections: the embedded server, TLS, and nobody."""

import json
import socket
import time
from contextlib import contextmanager

import httpx
import pytest

from ratchet_web.cli import main
from ratchet_web.cli.doctor import timing
from ratchet_web.cli.doctor.findings import Level
from ratchet_web.cli.doctor.server import examine
from ratchet_web.cli.doctor.subject import Subject
from tests.doubles.native import native_on_port
from tests.doubles.ratchet import FakeRatchet
from tests.support.listener import certificate, certified, listening
from tests.support.server import READY_S, on_port
from tests.support.system import free_ports

SHORT_S = 0.3
PAGES = ("Dashboard", "Tasks", "Task editor", "Executions", "Logs", "Jobs", "Schedules", "System")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with on_port(tmp_path_factory.mktemp("data"), RATCHET_WORKERS="1") as running:
        see_well(running.url)
        yield running


def see_well(url):
    """Return once the workers are there: a start waits for none of them."""
    deadline = time.monotonic() + READY_S
    with httpx.Client(trust_env=False) as client:
        while client.get(f"{url}/health").status_code != 200:
            assert time.monotonic() < deadline, "the server does not get well"
            time.sleep(0.02)


@pytest.fixture
def patient(monkeypatch):
    """A machine that does other things as well is no finding here."""
    monkeypatch.setattr(timing, "MOST_LATENCY_S", READY_S)


async def found(url, timeout_s=10.0):
    report = await examine(Subject(url, timeout_s=timeout_s))
    return {finding.topic: finding for finding in report.findings}


async def test_all_is_well_with_the_embedded_server(server, patient):
    told = await found(server.url)
    assert {topic: finding for topic, finding in told.items() if finding.level is not Level.OK} == {
        "permissions": told["permissions"]
    }
    assert told["permissions"].text == "it wants no login: everyone who reaches it can do everything"
    assert told["changes"].text.startswith("announced by the server")
    assert all(told[page].text == "works" for page in PAGES)
    assert list(told)[-1] == "budget"


async def test_the_right_address_is_found_for_a_wrong_path(server):
    told = await found(server.url.replace("/api/v1", "/ratchet"))
    assert told["reachability"].advice == f"Set RATCHET_API_URL to {server.url}: there is one"


def test_as_json_nothing_else_is_printed(server, capsys, monkeypatch):
    monkeypatch.setenv("RATCHET_WEBPORT", "1")
    assert main(["doctor", server.url, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is True
    assert {finding["about"] for finding in told["findings"]} == {server.url}


def test_lines_for_people_end_with_a_summary_and_hold_no_colours(server, patient, capsys):
    assert main(["doctor", server.url]) == 0
    said = capsys.readouterr().out
    assert said.splitlines()[-1] == "1 note, 17 ok"
    assert "\x1b" not in said


def test_nobody_listens(capsys):
    (nobody,) = free_ports(1)
    assert main(["doctor", f"http://127.0.0.1:{nobody}"]) == 1
    (line, summary) = capsys.readouterr().out.splitlines()
    assert line.startswith(
        f"BAD  reachability  http://127.0.0.1:{nobody} refused the connection. Start the server"
    )
    assert summary == "1 bad"


async def test_a_name_that_leads_nowhere():
    told = await found("http://ratchet.invalid/api/v1")
    assert told["reachability"].text == "http://ratchet.invalid is a name that leads nowhere from here"


async def test_a_server_that_takes_connections_and_says_nothing():
    with socket.create_server(("127.0.0.1", 0)) as mute:
        told = await found(f"http://127.0.0.1:{mute.getsockname()[1]}", SHORT_S)
    assert told["reachability"].text.endswith("did not answer within 0.3 s, though it takes connections")


async def test_a_host_from_which_nothing_comes_back():
    with black_hole() as port:
        told = await found(f"http://127.0.0.1:{port}", SHORT_S)
    assert told["reachability"].text.endswith("within 0.3 s, not even to the attempt to connect")
    assert "firewall" in told["reachability"].advice


@contextmanager
def black_hole():
    """Listen on a port with no place left for anybody who wants to connect."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(full.getsockname())
        try:
            yield full.getsockname()[1]
        finally:
            for each in waiting:
                each.close()


def ratchet():
    fake = FakeRatchet()
    fake.capabilities["events"] = False
    return fake.transport


async def test_a_certificate_that_is_trusted(monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate("good.pem")))
    async with listening(ratchet(), certified("good.pem")) as port:
        told = await found(f"https://127.0.0.1:{port}")
    assert told["TLS"].level is Level.OK
    assert told["TLS"].text.startswith("TLSv1.3, issued by ratchet.test, Ratchet Web tests, expires in ")
    assert told["TLS"].text.endswith("(2120-01-01)")
    assert told["Executions"].level is Level.NOTE


@pytest.mark.parametrize(
    ("shown", "trusted", "host", "told", "advice"),
    [
        ("good.pem", None, "127.0.0.1", "self-signed certificate", "Set SSL_CERT_FILE"),
        ("expired.pem", "expired.pem", "127.0.0.1", "certificate has expired", "Renew the certificate"),
        ("good.pem", "good.pem", "127.0.0.2", "IP address mismatch", "Call the server by a name"),
    ],
)
async def test_a_certificate_that_is_not_trusted(monkeypatch, shown, trusted, host, told, advice):
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate(trusted)))
    async with listening(ratchet(), certified(shown), host) as port:
        (finding,) = (await found(f"https://{host}:{port}")).values()
    assert (finding.topic, finding.level) == ("TLS", Level.BAD)
    assert told in finding.text
    assert finding.advice.startswith(advice)


async def test_https_where_no_tls_is_spoken():
    async with listening(ratchet()) as port:
        told = await found(f"https://127.0.0.1:{port}")
    assert told["reachability"].advice == "If the server speaks no TLS, write http:// in place of https://"


async def test_no_https_where_tls_is_spoken():
    async with listening(ratchet(), certified("good.pem")) as port:
        told = await found(f"http://127.0.0.1:{port}")
    assert "write https:// in place of http://" in told["reachability"].advice


async def test_the_native_server_is_examined_within_its_limits_and_nothing_is_changed(patient):
    with native_on_port() as server:
        told = await found(server.root)
        asked, spent = server.requests(), server.spent()
    assert told["dialect"].text.endswith("the native server, read by GraphQL")
    assert told["permissions"].text.startswith("no authentication: everyone")
    assert told["health"].level is Level.NOTE
    assert told["clock"].level is Level.OK
    assert not [finding for finding in told.values() if finding.level is Level.BAD]
    assert {(method, path) for method, path in asked if method != "GET"} == {("POST", "/graphql")}
    assert spent["rest"] <= 5
    assert spent["refused"] == 0


async def test_a_native_server_whose_limit_is_reached_says_so_and_is_left_alone(patient):
    with native_on_port(burst=0) as server:
        (*_, last) = (await found(server.root)).values()
        assert server.spent()["refused"] <= 2
    assert (last.level, "limit" in last.text) == (Level.BAD, True), last
