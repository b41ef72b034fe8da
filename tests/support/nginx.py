"""Real nginx for tests, configured by what `deploy/nginx` has: found as Chromium is, run as a child."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from ratchet_web.cli.places import ROOT
from tests.support.system import free_ports

DEPLOY = ROOT / "deploy" / "nginx"
TLS = ROOT / "tests" / "data" / "tls"
INSTALL_S = 300
READY_S = 10.0
FRAME = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 256; }}
http {{
    types {{
        text/html html; text/css css; application/javascript js; image/svg+xml svg; application/json json;
    }}
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


class NoNginxError(Exception):
    """There is no nginx here and none could be brought."""


@cache
def find() -> str:
    """Return the path of an nginx: the named one, the system's, or Debian's, installed now.

    Raises:
        NoNginxError: there is none, and none could be installed.
    """
    found = os.environ.get("NGINX_PATH") or _on_the_system() or _of_debian()
    if not found or not shutil.which(found):
        raise NoNginxError(
            "There is no nginx for the tests of deploy/ and none could be installed: "
            "install one (Debian: nginx-light), or set NGINX_PATH to its program."
        )
    return found


@contextmanager
def serving(folder: Path, site: str, changes: Mapping[str, str]) -> Iterator[str]:
    """Run nginx with a file of `deploy/nginx`, with `changes` made in it; yield the address that it serves.

    It listens on a free port instead of 443, with the tests' certificate; other servers of the file are left.
    """
    port, command = _configured(folder, site, changes)
    log = folder / "nginx.log"
    with log.open("wb") as told:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=told, stderr=told)
    try:
        _wait(process, port, log)
        # By number: for `localhost` Reflex drops the port where there is TLS.
        yield f"https://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(READY_S)


def check(folder: Path, site: str, changes: Mapping[str, str]) -> None:
    """Let nginx say whether it understands a file of `deploy/nginx`; `AssertionError` if it does not."""
    _, command = _configured(folder, site, changes)
    done = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "[warn]" not in done.stderr, done.stderr


def _configured(folder: Path, site: str, changes: Mapping[str, str]) -> tuple[int, list[str]]:
    [port] = free_ports(1)
    _configure(folder, site, {"listen 443 ssl": f"listen 127.0.0.1:{port} ssl", **changes})
    return port, [find(), "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"]


def _configure(folder: Path, site: str, changes: Mapping[str, str]) -> None:
    text = (DEPLOY / site).read_text()
    for old, new in changes.items():
        assert old in text, f"{site} does not say {old!r}"
        text = text.replace(old, new)
    # Not every machine that tests has IPv6.
    text = re.sub(r"^ *listen \[::\]:.*\n", "", text, flags=re.MULTILINE)
    for line in text.splitlines():
        match line.split():
            case ["ssl_certificate", named]:
                text = text.replace(named, f"{TLS / 'good.pem'};")
            case ["ssl_certificate_key", named]:
                text = text.replace(named, f"{TLS / 'key.pem'};")
            case ["listen", "80;"]:
                text = text.replace("listen 80;", f"listen 127.0.0.1:{free_ports(1)[0]};")
    (folder / "site.conf").write_text(text)
    (folder / "nginx.conf").write_text(FRAME.format(folder=folder))
    for shared in DEPLOY.glob("ratchet-*.conf"):
        shutil.copy(shared, folder)


def _wait(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline:
        assert process.poll() is None, f"nginx ended: {log.read_text()}"
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise AssertionError(f"nginx did not answer: {log.read_text()}")


def _on_the_system() -> str | None:
    return shutil.which("nginx") or shutil.which("/usr/sbin/nginx")


def _of_debian() -> str | None:
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return None
    for command in (["update", "-qq"], ["install", "-qq", "--yes", "--no-install-recommends", "nginx-light"]):
        print(f"Looking for nginx: apt-get {' '.join(command)}", file=sys.stderr)
        done = subprocess.run(["apt-get", *command], stdout=sys.stderr, timeout=INSTALL_S, check=False)
        if done.returncode:
            return None
    return _on_the_system()
