"""`setup.sh` says in one sentence why it cannot make the environment, and what to do."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from ratchet_web.cli.places import ROOT
from tests.support.system import free_ports

# What the script needs besides Python.
TOOLS = ("sh", "awk", "cat", "cksum", "dirname", "grep", "rm", "tail")
NOBODY = 65534


@pytest.fixture
def clone():
    """A clone without an environment, and `bin/` with the tools, which is all that is on its PATH."""
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory)
        root.chmod(0o755)
        for name in ("setup.sh", "pyproject.toml", "requirements.lock", "requirements-dev.lock"):
            shutil.copy(ROOT / name, root)
        (root / "bin").mkdir()
        for tool in TOOLS:
            (root / "bin" / tool).symlink_to(str(shutil.which(tool)))
        yield root


def python(clone, script):
    """Put a `python3` on the clone's PATH."""
    program = clone / "bin" / "python3"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def refusal(clone, **options):
    """Return the only line with which `setup.sh run` ends."""
    environment = {"PATH": str(clone / "bin"), "HOME": str(clone), **options.pop("env", {})}
    command = [str(clone / "bin" / "sh"), str(clone / "setup.sh"), "run"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, **options)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr


def test_without_python(clone):
    assert refusal(clone) == "There is no Python 3 here: install Python 3.11 or newer, then run make again.\n"


def test_with_an_old_python(clone):
    python(clone, "case $2 in *version.split*) echo 3.9.2;; *) exit 1;; esac")
    assert refusal(clone).startswith("Python 3.9.2 is too old: install Python 3.11 or newer")


def test_with_a_python_that_has_no_venv(clone):
    python(clone, "case $2 in *ensurepip*) exit 1;; esac")
    assert "has no venv module: install it (Debian, Ubuntu: apt install python3-venv)" in refusal(clone)


def test_where_nothing_can_be_written(clone):
    python(clone, f'exec {sys.executable} "$@"')
    # root may write everywhere.
    user = {"user": NOBODY} if os.geteuid() == 0 else {}
    clone.chmod(0o555)
    assert "cannot be written: run make as its owner, or clone to a place of your own" in refusal(
        clone, **user
    )
    clone.chmod(0o755)


def test_without_network(clone):
    python(clone, f'exec {sys.executable} "$@"')
    (port,) = free_ports(1)
    message = refusal(clone, env={"PIP_INDEX_URL": f"http://127.0.0.1:{port}/", "NO_PROXY": "*"})
    assert message.startswith(
        "The Python package registry cannot be reached: check the network and the proxy"
    )
