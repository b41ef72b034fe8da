"""Each snippet is run for real and must send exactly the request that it stands for."""

import json
import shlex
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from ratchet_web.logic.snippets import Request, as_javascript, as_python, as_shell, as_shell_read, is_local

NODE = Path(sys.executable).parent / "node"
NASTY = {
    "quotes": 'it\'s "so" `many` $HOME \\ %s',
    "lines": "a\nJSON\nb\r\n\t",
    "letters": "ä 漢 🎈 \u2028 \u0000",
    "null": None,
    "yes": True,
    "numbers": [0, -1.5, 1e21, 2**53],
    "nested": {"a": {"b": [{}, [], ""]}},
    "'; DROP TABLE": "$(touch /tmp/x)",
}
WRITERS: dict[str, tuple[Callable[[Request], str], list[str]]] = {
    "python": (as_python, [sys.executable, "-c"]),
    "javascript": (as_javascript, [str(NODE), "--input-type=module", "-e"]),
    **({"shell": (as_shell, ["bash", "-c"])} if shutil.which("curl") and shutil.which("bash") else {}),
}


class Listener(BaseHTTPRequestHandler):
    heard: list[tuple[str, dict[str, str], object]] = []
    status = 201

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.heard.append((self.path, dict(self.headers.items()), body))
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(b'{"data": {"id": "12"}}')

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    Listener.heard, Listener.status = [], 201
    with ThreadingHTTPServer(("127.0.0.1", 0), Listener) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/api/v1/executions"
        server.shutdown()


def run(language: str, request: Request) -> subprocess.CompletedProcess[str]:
    write, command = WRITERS[language]
    environment = {"RATCHET_API_TOKEN": "s3cret'\"$x", "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        [*command, write(request)], env=environment, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize("language", WRITERS)
@pytest.mark.parametrize("input", [{}, NASTY, {"__proto__": {"a": 1}, "b": 2}, [1, "two"], None, "text"])
def test_it_sends_the_input_as_it_is(address: str, language: str, input: object) -> None:
    ran = run(language, Request(address, {"taskId": "7", "input": input}, with_token=False))
    assert ran.returncode == 0, ran.stderr
    ((path, headers, body),) = Listener.heard
    assert (path, body) == ("/api/v1/executions", {"taskId": "7", "input": input})
    assert headers["Content-Type"] == "application/json"
    assert "Authorization" not in headers
    assert "12" in ran.stdout


@pytest.mark.parametrize("language", WRITERS)
def test_it_sends_the_token_of_the_environment_and_holds_none(address: str, language: str) -> None:
    ran = run(language, Request(address, {"taskId": "7", "input": {}}, with_token=True))
    assert ran.returncode == 0, ran.stderr
    headers = {name.lower(): value for name, value in Listener.heard[0][1].items()}
    assert headers["authorization"] == "Bearer s3cret'\"$x"


@pytest.mark.parametrize("language", WRITERS)
def test_it_fails_where_the_server_refuses(address: str, language: str) -> None:
    Listener.status = 400
    ran = run(language, Request(address, {"taskId": "7", "input": {}}, with_token=False))
    assert ran.returncode != 0


def test_which_addresses_mean_another_server_elsewhere() -> None:
    assert is_local("http://127.0.0.1:8080/api/v1")
    assert is_local("http://[::1]:8080/api/v1")
    assert not is_local("https://ratchet.example/api/v1")


def test_a_command_that_reads_quotes_its_address_and_names_the_token_of_the_environment() -> None:
    odd = "http://ratchet.example/base/executions/1?a=it's"
    with_token = as_shell_read(odd, with_token=True)
    assert '"Authorization: Bearer $RATCHET_API_TOKEN"' in with_token
    assert shlex.split(with_token)[-1] == odd
    assert "Authorization" not in as_shell_read(odd, with_token=False)
