"""The commands other than `up`, as programs of their own."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from ratchet_web import __version__
from ratchet_web.cli.environment import variables
from ratchet_web.cli.places import ROOT
from ratchet_web.server.store.directory import claim
from tests.support.system import clean_environment, free_ports

ANSWER_S = 30.0


def ratchet_web(*arguments: str, **settings: object) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "ratchet_web", *arguments],
        cwd=ROOT,
        env=clean_environment() | {name: str(value) for name, value in settings.items()},
        capture_output=True,
        text=True,
        check=False,
    )


@contextmanager
def alone(command: str, url: str, **settings: object) -> Iterator[None]:
    """Run a command that serves until it is told to stop."""
    environment = clean_environment() | {name: str(value) for name, value in settings.items()}
    with subprocess.Popen(
        [sys.executable, "-m", "ratchet_web", command], cwd=ROOT, env=environment, start_new_session=True
    ) as process:
        try:
            wait_for(url, process)
            yield
        finally:
            process.terminate()
            assert process.wait(10) == 0


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until an address answers."""
    deadline = time.monotonic() + ANSWER_S
    while time.monotonic() < deadline:
        assert process.poll() is None
        try:
            httpx.get(url, trust_env=False).raise_for_status()
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"{url} does not answer")


def test_help_names_every_command_and_setting():
    text = ratchet_web("--help").stdout
    assert all(f"\n    {name} " in text for name in ("up", "run", "server", "ui", "build", "doctor"))
    assert all(variable.name in text for variable in variables())


def test_the_version():
    assert ratchet_web("--version").stdout == f"{__version__}\n"


def test_a_wrong_setting_stops_every_command_with_its_name():
    done = ratchet_web("doctor", RATCHET_WEB_PORT="99999")
    assert done.returncode == 1
    assert done.stderr.startswith("RATCHET_WEB_PORT: ")
    assert done.stderr.count("\n") == 1


def test_a_misspelt_setting_is_told_once():
    done = ratchet_web("doctor", RATCHET_WEBPORT="1", RATCHET_API_URL="http://127.0.0.1:1/api/v1")
    assert (done.stdout + done.stderr).count("RATCHET_WEBPORT is no setting") == 1


def test_a_server_whose_data_directory_is_in_use_says_so_in_one_line(tmp_path):
    (server_port,) = free_ports(1)
    held = claim(tmp_path)
    try:
        done = ratchet_web("server", RATCHET_DATA_DIR=tmp_path, RATCHET_SERVER_PORT=server_port)
    finally:
        os.close(held)
    assert done.returncode == 1
    assert done.stderr.startswith("Another server uses the data directory")
    assert done.stderr.count("\n") == 1


def test_the_doctor_finds_all_well_with_a_server_that_answers(system):
    web_port, _ = free_ports(2)
    done = ratchet_web("doctor", RATCHET_API_URL=system.api_url, RATCHET_WEB_PORT=web_port)
    assert "BAD" not in done.stdout
    assert f"reachability  {system.api_url} answers" in done.stdout
    assert "this machine:" in done.stdout
    assert done.returncode == 0


def test_the_doctor_names_what_is_wrong(system, tmp_path):
    (tmp_path / "file").touch()
    server_port = system.environment["RATCHET_SERVER_PORT"]
    done = ratchet_web("doctor", RATCHET_DATA_DIR=tmp_path / "file", RATCHET_SERVER_PORT=server_port)
    assert done.returncode == 1
    assert re.search(rf"^BAD +server port +Port {server_port} is in use", done.stdout, re.MULTILINE)
    assert re.search("^BAD +data directory  ", done.stdout, re.MULTILINE)


def test_the_doctor_says_that_a_server_does_not_answer(built):
    web_port, nobody = free_ports(2)
    url = f"http://127.0.0.1:{nobody}/api/v1"
    done = ratchet_web("doctor", RATCHET_API_URL=url, RATCHET_API_TIMEOUT_S=1, RATCHET_WEB_PORT=web_port)
    assert done.returncode == 1
    refused = f"http://127.0.0.1:{nobody} refused the connection"
    assert re.search(rf"^BAD +reachability +{re.escape(refused)}", done.stdout, re.MULTILINE)


def test_the_server_and_the_console_run_alone(built, tmp_path):
    server_port, web_port = free_ports(2)
    api_url = f"http://127.0.0.1:{server_port}/api/v1"
    data_dir = tmp_path / "data"
    with (
        alone("server", f"{api_url}/health", RATCHET_SERVER_PORT=server_port, RATCHET_DATA_DIR=data_dir),
        alone("ui", f"http://127.0.0.1:{web_port}/", RATCHET_WEB_PORT=web_port, RATCHET_API_URL=api_url),
    ):
        assert data_dir.is_dir()
