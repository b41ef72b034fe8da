"""A real Redis for the tests, a child of theirs. `python -m tests.support.redis` prints its program."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.support.system import free_ports

INSTALL_S = 300
READY_S = 20.0
LOOK_S = 0.02


class NoRedisError(Exception):
    """There is no Redis here and none could be brought."""


@cache
def find() -> Path:
    """Return the path of a redis-server: the named one, the system's, or Debian's, installed now.

    Raises:
        NoRedisError: there is none, and none could be installed.
    """
    named = os.environ.get("REDIS_SERVER_PATH")
    if named and not shutil.which(named):
        raise NoRedisError(f"REDIS_SERVER_PATH names {named}, which does not run.")
    found = named or shutil.which("redis-server") or _of_debian()
    if not found:
        raise NoRedisError(
            "There is no Redis for the tests of several workers and none could be installed: install one and"
            " set REDIS_SERVER_PATH to its redis-server."
        )
    return Path(found)


def _of_debian() -> str | None:
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return None
    # Debian would start one as a service, which nobody here wants.
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for command in ("update -qq", "install -qq --yes --no-install-recommends redis-server"):
        print(f"Looking for a Redis: apt-get {command}", file=sys.stderr)
        try:
            arguments = ["apt-get", *command.split()]
            subprocess.run(arguments, stdout=sys.stderr, check=True, timeout=INSTALL_S, env=environment)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            print(error, file=sys.stderr)
    return shutil.which("redis-server")


class Redis:
    """A Redis that keeps nothing on disk, with a password; `url` is its address."""

    def __init__(self) -> None:
        (self.port,) = free_ports(1)
        self.password = "hush-redis-hush"
        self.url = f"redis://:{self.password}@127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = {"port": self.port, "bind": "127.0.0.1", "save": "", "requirepass": self.password}
        arguments = [part for name, value in options.items() for part in (f"--{name}", str(value))]
        self._process = subprocess.Popen([str(find()), *arguments], stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + READY_S
        while not self._answers():
            assert self._process.poll() is None, "redis-server ended"
            assert time.monotonic() < deadline, "redis-server does not answer"
            time.sleep(LOOK_S)

    def stop(self) -> None:
        """End it, and with it all that it holds."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as asked:
                asked.sendall(b"PING\r\n")
                return bool(asked.recv(100))
        except OSError:
            return False


def running() -> Iterator[Redis]:
    """Yield one that answers, and end it afterwards."""
    started = Redis()
    try:
        started.start()
        yield started
    finally:
        started.stop()


if __name__ == "__main__":
    try:
        print(f"Tests of several workers use {find()}")
    except NoRedisError as error:
        sys.exit(str(error))
