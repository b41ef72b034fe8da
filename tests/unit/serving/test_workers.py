"""Processes that serve: one that dies is replaced, one that cannot start is not, and all end together."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psutil
import pytest

from ratchet_web.cli.places import ROOT
from ratchet_web.serving.workers import LIVES_S, listeners
from tests.support.system import assert_gone, free_ports

# Two that tell their numbers to whoever connects; the arguments are the port, what else each does, and what
# happens before.
PROGRAM = """
import os, signal, sys, time
from ratchet_web.serving.workers import Workers, listeners

def serve(listener):
    exec(sys.argv[2])
    listener.listen()
    while True:
        with listener.accept()[0] as asked:
            asked.sendall(str(os.getpid()).encode())

workers = Workers(listeners("127.0.0.1", int(sys.argv[1]), 2), serve, 0.3)
exec(sys.argv[3])
print("begins", flush=True)
sys.exit(workers.run())
"""
NO_PROCESS = """
from errno import EAGAIN
fork = os.fork

def busy():
    os.fork = fork
    raise BlockingIOError(EAGAIN, os.strerror(EAGAIN))

os.fork = busy
"""
WAIT_S = 60.0


@contextmanager
def running(port: int, also: str = "", before: str = "") -> Iterator[subprocess.Popen[str]]:
    """Run it, and end all that is left of it."""
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(port), also, before],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "begins\n"
        try:
            yield process
        finally:
            for left in children(process) if process.poll() is None else ():
                left.kill()
            process.kill()


def children(process: subprocess.Popen[str]) -> list[psutil.Process]:
    return psutil.Process(process.pid).children()


def asked(port: int) -> int:
    """Return the number of who answers, 0 where nobody listens yet or who did has died."""
    try:
        with socket.create_connection(("127.0.0.1", port), WAIT_S) as opened:
            return int(opened.recv(20) or 0)
    except ConnectionError:
        return 0


def ask_until(port: int, holds: Callable[[set[int]], bool]) -> set[int]:
    """Ask again and again, and return the numbers that answered as soon as they are what was waited for."""
    seen: set[int] = set()
    deadline_s = time.monotonic() + WAIT_S
    while time.monotonic() < deadline_s:
        seen |= {asked(port)} - {0}
        if holds(seen):
            return seen
    raise AssertionError(f"only {seen} answered")


def test_all_answer_one_that_dies_is_replaced_and_all_end_when_told():
    (port,) = free_ports(1)
    with running(port) as process:
        first = ask_until(port, lambda seen: len(seen) == 2)
        victim = min(first)
        os.kill(victim, signal.SIGKILL)
        ask_until(port, lambda seen: bool(seen - first))
        tree = children(process)
        assert len(tree) == 2, "the dead one is no zombie"
        process.terminate()
        assert process.wait(WAIT_S) == 0
        assert_gone(tree)
        assert process.stderr
        assert process.stderr.read() == "A worker stopped (killed by SIGKILL)\n"


def test_one_that_does_not_end_is_ended():
    (port,) = free_ports(1)
    with running(port, "signal.signal(signal.SIGTERM, signal.SIG_IGN)") as process:
        ask_until(port, lambda seen: len(seen) == 2)
        tree = children(process)
        process.send_signal(signal.SIGINT)
        assert process.wait(WAIT_S) == 0
        assert_gone(tree)


def test_one_that_cannot_start_ends_all_with_its_code():
    (port,) = free_ports(1)
    with running(port, "sys.exit(3)") as process:
        assert process.wait(WAIT_S) == 3


def test_one_that_is_killed_at_once_is_replaced_not_too_soon():
    (port,) = free_ports(1)
    began_s = time.monotonic()
    with running(port, "os.write(1, b'%f\\n' % time.monotonic()); os.kill(os.getpid(), 9)") as process:
        assert process.stdout
        times = sorted(float(process.stdout.readline()) for _ in range(4))
        assert times[2] - began_s >= LIVES_S
        process.terminate()
        assert process.wait(WAIT_S) == 0


def test_where_no_process_can_be_made_it_is_tried_again_and_it_can_be_told_to_stop():
    (port,) = free_ports(1)
    with running(port, before=NO_PROCESS) as process:
        ask_until(port, lambda seen: len(seen) == 2)
        process.terminate()
        assert process.wait(WAIT_S) == 0
        assert process.stderr
        assert process.stderr.read() == "No worker could be started (Resource temporarily unavailable)\n"


@pytest.mark.parametrize("count", [1, 2])
def test_a_port_that_is_taken_is_refused_also_where_it_would_be_shared(count):
    (port,) = free_ports(1)
    # Its workers need not be there yet: two that are started at once would share it.
    taken = listeners("127.0.0.1", port, 2)
    with pytest.raises(OSError, match="in use"):
        listeners("127.0.0.1", port, count)
    for opened in taken:
        opened.close()
    for opened in listeners("127.0.0.1", port, count):
        opened.close()
