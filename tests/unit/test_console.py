"""How the process of the console is started."""

import socket
import subprocess
import sys

from ratchet_web.cli.programs import console
from ratchet_web.serving.limits import MOST_HEAD_BYTES
from ratchet_web.settings import Settings

# What `main` has in memory when it forks.
AS_FORKED = """
import os, sys
from ratchet_web.console import UNUSED, prepare
prepare()
if sys.platform == "linux":
    assert len(os.listdir("/proc/self/task")) == 1, "a lock that another thread holds is held for ever"
assert "ratchet_web.ratchet_web" not in sys.modules, "each worker makes an application of its own"
assert not any(map(sys.modules.get, UNUSED)), "what nobody uses makes each start longer"
assert {"httpcore", "anyio._backends._asyncio"} <= sys.modules.keys(), "somebody would wait for it"
"""


def test_the_process_finds_the_settings_that_were_given_here(monkeypatch):
    given = Settings(web_host="127.0.0.2", web_port=13_000, web_insecure=True)
    for name, value in console(given).environment.items():
        monkeypatch.setenv(name, value)
    read = Settings()
    assert (read.web_host, read.web_port, read.web_insecure) == ("127.0.0.2", 13_000, True)


def test_a_port_that_is_taken_is_said_in_a_line():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        environment = console(Settings(web_port=port)).environment
        ended = subprocess.run(
            [sys.executable, "-m", "ratchet_web.console"], env=environment, capture_output=True, text=True
        )
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert f"Port {port}" in ended.stderr


def test_a_socket_reads_lines_as_long_as_a_head_may_be():
    asks = "import websockets.http11 as read; print(read.MAX_LINE_LENGTH)"
    environment = console(Settings()).environment
    told = subprocess.run([sys.executable, "-c", asks], env=environment, capture_output=True, check=True)
    assert int(told.stdout) == MOST_HEAD_BYTES


def test_what_is_forked_has_one_thread_and_no_application_yet():
    subprocess.run([sys.executable, "-c", AS_FORKED], check=True)
