"""What tasks bring V8 to say stays off the terminal of whoever started the server."""

import os
import subprocess
import sys

import pytest

from ratchet_web.cli.places import ROOT
from tests.support.server import in_process

LOUD = {
    "no memory": "function main() { const a = []; for (;;) a.push(new Array(1e6).fill(Math.random())); }",
    "half a character": "function main() { return '\\ud800'; } '\\ud800'",
    "half a character alone": "'\\ud800'",
    "no time": "function main() { return 1; } new Date(NaN)",
}
DYING = """
import os, sys
from ratchet_web.server.engine.worker import _hush_v8
_hush_v8()
os.write(2, b"<--- Last few GCs --->")
print("Traceback", file=sys.stderr)
os.abort()
"""


@pytest.mark.parametrize("kind", LOUD)
async def test_a_task_says_nothing_on_the_terminal(tmp_path, capfd, kind):
    async with in_process(tmp_path, workers=1) as api:
        await api.done(await api.run(LOUD[kind]))
    assert capfd.readouterr().err == ""


def test_of_a_worker_that_dies_only_what_python_says_is_heard():
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ended = subprocess.run([sys.executable, "-c", DYING], capture_output=True, text=True, env=environment)
    assert (ended.stderr, ended.returncode < 0) == ("Traceback\n", True)
