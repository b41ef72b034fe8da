"""`ratchet-web up` starts, stops and heals as it promises, whatever happens to its processes."""

import asyncio
import os
import pty
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import psutil
import pytest

from ratchet_web.cli.child import Program
from ratchet_web.cli.places import ROOT
from ratchet_web.cli.problems import ProblemError
from ratchet_web.cli.up import up
from tests.support.system import System, assert_gone, clean_environment, free_ports, running

# What is promised on a quiet machine.
BACK_S = 5.0
QUICK_S = 5.0
ENDLESS = "async function main() { while (true) {} }"


@pytest.fixture
def own(built, tmp_path):
    """A system of this test alone, not yet started; what runs gets no grace, which test_stop.py is about."""
    system = System(tmp_path / "data")
    yield system
    system.end()


@pytest.fixture(scope="module")
def lasting(built, tmp_path_factory):
    """A system that survives the tests of this module."""
    yield from running(tmp_path_factory.mktemp("data"))


def test_it_says_where_it_is_ready_and_answers_there(system):
    assert system.said[0] == f"Ratchet Web is ready at {system.url}"
    assert "<html" in httpx.get(f"{system.url}/executions", trust_env=False).text
    assert httpx.get(f"{system.api_url}/health", trust_env=False).json()["status"]


def test_every_signal_stops_everything_and_the_next_start_is_quick_and_finds_the_data(own):
    first_s = own.start()
    task = create_task(own, "kept")
    starts_s = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        with run_endless(own):
            assert own.stop(number) == 0
        assert len(own.said) == 1
        starts_s.append(own.start())
        assert httpx.get(f"{own.api_url}/tasks/{task}", trust_env=False).json()["data"]["name"] == "kept"
    assert min(starts_s) < max(QUICK_S, 1.5 * first_s)


def test_a_signal_during_the_start_stops_everything(own):
    process = own.launch()
    wait_until(lambda: len(own.process.children()) == 3)
    tree = own.tree()
    process.send_signal(signal.SIGINT)
    assert process.wait(BACK_S) == 0
    assert_gone(tree)
    assert own.said == []


def test_nothing_outlives_a_killed_supervisor(own):
    own.start()
    tree = own.tree()
    with run_endless(own):
        own.process.kill()
        assert_gone(tree)


@pytest.mark.parametrize("leader", ["up", "make"])
def test_nothing_outlives_a_closed_terminal(own, tmp_path, leader):
    # make, as the leader of a session, gets the signal and waits for its child.
    makefile = tmp_path / "Makefile"
    makefile.write_text(f"run:\n\t@exec {sys.executable} -m ratchet_web up\n")
    make = ["make", "--file", str(makefile), "run"]
    command = make if leader == "make" else [sys.executable, "-m", "ratchet_web", "up"]
    keyboard, terminal = pty.openpty()
    # A session of its own takes the terminal as its controlling one.
    process = subprocess.Popen(
        ["setsid", "--ctty", *command],
        cwd=ROOT,
        env=own.environment,
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
    )
    os.close(terminal)
    said = b""
    while b"ready" not in said:
        said += os.read(keyboard, 1000)
    tree = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    assert len(tree) > 6
    os.close(keyboard)
    process.wait(BACK_S)
    assert_gone(tree)


@pytest.mark.parametrize("name", ["server", "console"])
def test_a_killed_main_process_is_started_again_and_leaves_nothing_behind(lasting, name):
    killed = getattr(lasting, name)
    tree = [killed, *killed.children(recursive=True)]
    killed.kill()
    lasting.wait_for_line("stopped (killed by SIGKILL): starting it again", BACK_S)
    assert_gone(tree)
    wait_for_answer(lasting, name)


@pytest.mark.parametrize("name", ["server", "console"])
def test_a_killed_worker_process_comes_back_and_leaves_nothing_behind(lasting, name):
    killed = getattr(lasting, name).children()[-1]
    tree = [killed, *killed.children(recursive=True)]
    killed.kill()
    assert_gone(tree)
    wait_for_answer(lasting, name)


def test_a_program_that_keeps_dying_is_given_up_with_an_error(tmp_path):
    # It answers once and ends; started again, it ends at once.
    script = tmp_path / "once.py"
    script.write_text(
        "import pathlib, sys; from http.server import *\n"
        "class One(BaseHTTPRequestHandler):\n"
        "    def do_GET(self): self.send_response(200); self.end_headers()\n"
        "if not (mark := pathlib.Path(__file__).with_suffix('.mark')).exists():\n"
        "    mark.touch(); HTTPServer(('127.0.0.1', int(sys.argv[1])), One).handle_request()\n"
        "sys.exit(3)\n"
    )
    with pytest.raises(ProblemError, match=r"The thing keeps stopping \(the last time: exit code 3\)"):
        asyncio.run(up([a_program(str(script))], "http://localhost"))


def test_a_program_that_cannot_start_ends_the_start():
    with pytest.raises(ProblemError, match=r"The thing could not start \(exit code 7\)"):
        asyncio.run(up([a_program("-c", "import sys; sys.exit(7)")], "http://localhost"))


@pytest.mark.parametrize(
    ("setting", "family", "address"),
    [
        ("RATCHET_WEB_PORT", socket.AF_INET, "127.0.0.1"),
        ("RATCHET_SERVER_PORT", socket.AF_INET, "127.0.0.1"),
        ("RATCHET_WEB_PORT", socket.AF_INET, "0.0.0.0"),
        ("RATCHET_WEB_PORT", socket.AF_INET6, "::1"),
    ],
)
def test_a_taken_port_is_told_with_what_to_set(own, setting, family, address):
    with socket.socket(family) as taken:
        taken.bind((address, int(own.environment[setting])))
        taken.listen()
        message = refused(own)
    assert own.environment[setting] in message
    assert f"set {setting} to another" in message


def test_one_port_for_both_is_told(own):
    own.environment["RATCHET_SERVER_PORT"] = own.environment["RATCHET_WEB_PORT"]
    assert "cannot both use port" in refused(own)


def test_an_address_of_another_machine_is_told(own):
    own.environment["RATCHET_WEB_HOST"] = "192.0.2.1"
    own.environment["RATCHET_WEB_INSECURE"] = "true"
    assert "check RATCHET_WEB_HOST" in refused(own)


def test_a_console_for_everybody_does_not_start_where_others_reach_it(own):
    own.environment["RATCHET_WEB_HOST"] = "0.0.0.0"
    message = refused(own)
    assert "RATCHET_WEB_AUTH=none on 0.0.0.0 would let everybody" in message
    assert "`--insecure` or set RATCHET_WEB_INSECURE=true" in message
    own.environment["RATCHET_WEB_AUTH"] = "proxy"
    assert "RATCHET_WEB_PROXY_FROM: is needed with RATCHET_WEB_AUTH=proxy" in refused(own)


def test_a_record_of_acts_that_cannot_be_written_is_told(own, tmp_path):
    (tmp_path / "file").touch()
    own.environment["RATCHET_WEB_AUDIT_DIR"] = str(tmp_path / "file" / "audit")
    assert "cannot be written (Not a directory): set RATCHET_WEB_AUDIT_DIR" in refused(own)


def test_a_data_directory_that_cannot_be_written_is_told(own, tmp_path):
    (tmp_path / "file").touch()
    own.environment["RATCHET_DATA_DIR"] = str(tmp_path / "file" / "data")
    expected = f"{tmp_path / 'file' / 'data'} cannot be written (Not a directory): set RATCHET_DATA_DIR"
    assert expected in refused(own)


def test_a_given_server_is_not_started(own, lasting):
    own.environment["RATCHET_API_URL"] = lasting.api_url
    own.start()
    assert [own.console] == [child for child in own.process.children() if "-m" in child.cmdline()]
    assert not list(own.data_dir.glob("*.db*"))


def refused(system: System) -> str:
    """Return the single line with which `up` refuses to start."""
    done = subprocess.run(
        [sys.executable, "-m", "ratchet_web", "up"],
        cwd=ROOT,
        env=system.environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    return done.stderr


def a_program(*arguments: str) -> Program:
    """Return a Python program named `thing` which gets its port as the last argument."""
    (port,) = free_ports(1)
    command = [sys.executable, *arguments, str(port)]
    return Program("thing", command, clean_environment(), "127.0.0.1", port, "/", stop_s=2.0)


@contextmanager
def run_endless(system: System) -> Iterator[None]:
    """Run a task that never ends, and keep the stream of its log open."""
    with httpx.Client(trust_env=False, base_url=system.api_url) as client:
        body = {"taskId": create_task(system, "endless", ENDLESS), "input": {}}
        execution = client.post("/executions", json=body).raise_for_status().json()["data"]["id"]
        wait_until(lambda: client.get(f"/executions/{execution}").json()["data"]["status"] == "RUNNING")
        with client.stream("GET", f"/executions/{execution}/logs?follow=true"):
            yield


def create_task(system: System, name: str, source: str = "async function main() {}") -> str:
    """Create a task and return its id."""
    version = f"1.0.{time.monotonic_ns()}"
    body = {"name": name, "version": version, "sourceCode": source, "inputSchema": {}, "outputSchema": {}}
    answer = httpx.post(f"{system.api_url}/tasks", json=body, trust_env=False)
    return answer.raise_for_status().json()["data"]["id"]


def wait_for_answer(system: System, name: str) -> None:
    """Wait until the console or the server answers: `BACK_S`, or longer where a start took long."""

    def answers() -> bool:
        try:
            return httpx.get(system.address(name), trust_env=False).is_success
        except httpx.TransportError:
            return False

    wait_until(answers, max(BACK_S, 1.5 * system.start_s))


def wait_until(true: Callable[[], bool], timeout_s: float = BACK_S) -> None:
    """Look until it is true."""
    deadline = time.monotonic() + timeout_s
    while not true():
        assert time.monotonic() < deadline, f"not true within {timeout_s} s"
        time.sleep(0.02)
