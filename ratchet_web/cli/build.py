"""Builds the frontend, when what it is made of has changed."""

import fcntl
import hashlib
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ratchet_web.cli.origin import use_page_base, use_page_origin
from ratchet_web.cli.places import BUILD_LOG, BUILT, CLIENT, INSTALLED, ROOT, WEB, search_path
from ratchet_web.cli.problems import ProblemError

STAMP = BUILT / "stamp"
MANIFEST = ROOT / "reflex.lock" / "package.json"
SOURCES = ("rxconfig.py", "requirements.lock", "assets", "reflex.lock", "ratchet_web")
# The frontend is not made of these.
ELSEWHERE = ("ratchet_web/server", "__pycache__")
# A build starts anew when the way of building changes.
RECIPE = ("ratchet_web/cli/build.py", "ratchet_web/cli/origin.py")
NO_NETWORK = ("ENOTFOUND", "EAI_AGAIN", "ETIMEDOUT", "ECONNREFUSED", "ECONNRESET", "ERR_SOCKET_TIMEOUT")
# The last step draws the first page and gives itself ten seconds, which a busy machine may need more than.
TOO_SLOW = "The operation was aborted due to timeout"
TRIES = 3
COMPRESS = """
import { readFileSync, writeFileSync } from "node:fs";
import { brotliCompressSync, gzipSync } from "node:zlib";
for (const path of process.argv.slice(1)) {
  const text = readFileSync(path);
  writeFileSync(path + ".gz", gzipSync(text, { level: 9 }));
  writeFileSync(path + ".br", brotliCompressSync(text));
}
"""
FAULT = re.compile(r"npm error|[\w.]*Error\b|error\b")
LINES_BEFORE, LINES_AFTER = 6, 14


def is_built() -> bool:
    """Return whether there is a complete frontend, of whatever age."""
    return STAMP.exists()


def is_fresh() -> bool:
    """Return whether the frontend is made of the sources as they are now."""
    return is_built() and STAMP.read_text() == fingerprint(ROOT)


def build() -> None:
    """Build the frontend unless it is fresh; one line says so and how long. A wheel has its own.

    Raises:
        ProblemError: it cannot be built; the log's last lines and what to do.
    """
    if INSTALLED:
        return
    with _alone():
        _tidy(MANIFEST)
        if is_fresh():
            return
        first = "" if (WEB / "node_modules").exists() else " (the first time takes about a minute)"
        print(f"Building the frontend{first}", flush=True)
        wanted, began = fingerprint(ROOT), time.monotonic()
        try:
            _export()
        finally:
            _tidy(MANIFEST)
        _compress([use_page_origin(CLIENT), *use_page_base(CLIENT)])
        STAMP.write_text(wanted)
        print(f"Built the frontend in {time.monotonic() - began:.0f} s", flush=True)


def fingerprint(root: Path) -> str:
    """Return a digest of everything that the frontend in `root` is made of."""
    digest = hashlib.sha256()
    for path in sorted(_inputs(root)):
        digest.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _inputs(root: Path) -> Iterator[Path]:
    for source in (root / name for name in SOURCES):
        found = [source] if source.is_file() else source.rglob("*")
        yield from (path for path in found if path.is_file() and _matters(path.relative_to(root).as_posix()))


def _matters(name: str) -> bool:
    if name.startswith("ratchet_web/cli/"):
        return name in RECIPE
    return not any(part in name for part in ELSEWHERE)


def _export() -> None:
    for left in reversed(range(TRIES)):
        code, output = _run_reflex()
        if code == 0:
            return
        if TOO_SLOW not in output or not left:
            raise ProblemError(explain(output))
        print("This machine is busy and the build ran out of time; trying again", flush=True)


def _run_reflex() -> tuple[int, str]:
    command = [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip"]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    WEB.mkdir(exist_ok=True)
    BUILD_LOG.write_bytes(done.stdout)
    return done.returncode, done.stdout.decode(errors="replace")


def _compress(changed: list[Path]) -> None:
    """Compress again what was changed after Reflex compressed it."""
    command = ["node", "--input-type=module", "--eval", COMPRESS, *map(str, changed)]
    done = subprocess.run(command, env=_environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise ProblemError(f"The frontend could not be compressed: {done.stderr.strip()}")


def _tidy(manifest: Path) -> None:
    # Reflex and npm write it in different ways, and which of them came last is a matter of chance.
    manifest.write_text(json.dumps(json.loads(manifest.read_text()), indent=2, sort_keys=True) + "\n")


def _environment() -> dict[str, str]:
    # One build serves any prefix, whatever that of the console will be.
    found = os.environ | {"PATH": search_path(), "RATCHET_WEB_PREFIX": ""}
    return found | {
        "REFLEX_USE_NPM": "1",
        "REFLEX_SSR": "false",
        "REFLEX_TELEMETRY_ENABLED": "false",
        "REFLEX_CHECK_LATEST_VERSION": "false",
        # What Reflex keeps for itself stays inside the clone.
        "REFLEX_DIR": str(Path(sys.prefix) / "reflex"),
        # Reflex would look for the fastest registry; the one that npm is set up for is the right one.
        "NPM_CONFIG_REGISTRY": _registry(found),
        "npm_config_fetch_retries": "3",
        "npm_config_omit_lockfile_registry_resolved": "true",
        "npm_config_audit": "false",
        "npm_config_fund": "false",
        "npm_config_update_notifier": "false",
        "NO_COLOR": "1",
    }


def _registry(environment: dict[str, str]) -> str:
    command = ["npm", "config", "get", "registry"]
    try:
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise ProblemError(f"npm does not run ({error}): run `make setup`, which brings it") from error
    return done.stdout.strip()


def explain(output: str) -> str:
    """Return the telling lines of what a failed build said, and what to do."""
    if TOO_SLOW in output:
        return "This machine is too busy to build the frontend: try again when it does less."
    lines = output.strip().splitlines()
    # Tools say what is wrong and then where they were; the end of the output is often only the latter.
    fault = next((at for at, line in enumerate(lines) if FAULT.match(line)), len(lines) - 1)
    telling = "\n".join(lines[max(0, fault - LINES_BEFORE) : fault + LINES_AFTER])
    if any(sign in output for sign in NO_NETWORK):
        return (
            f"{telling}\nThe npm registry cannot be reached: check the network and the proxy, then try again."
        )
    return f"{telling}\nThe frontend could not be built; {BUILD_LOG} holds everything that was said."


@contextmanager
def _alone() -> Iterator[None]:
    """Let one build run at a time: tests and a console may be started together."""
    with (ROOT / "rxconfig.py").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
