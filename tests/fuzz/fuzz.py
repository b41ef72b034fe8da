"""Runs Schemathesis over every operation that the server describes, its links included."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from prometheus_client.parser import text_string_to_metric_families

from ratchet_web.cli.places import ROOT
from tests.fuzz.hooks import DESTINATIONS, FAR, NEWEST_ROW, OWN_PASSWORD, SOURCES
from tests.support.server import Process

# No 5xx, no status or content that is not described, no answer outside its schema, nothing that was deleted,
# nothing taken that breaks the description, 405 where nothing is described.
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "use_after_free",
    "negative_data_rejection",
    "unsupported_method",
    "allow_header_conformance",
)
# A stream that ends only with the server: tests/contract/test_server_streams.py looks at it.
ENDLESS = ("/api/v1/events",)
# These would end the session that all other requests need: tests/contract/test_server_auth.py looks at them.
ENDING = ("/api/v1/auth/logout",)
# `coverage` sends the edges of each field one by one: by far the most requests.
ALL_PHASES = ("examples", "coverage", "fuzzing", "stateful")
QUICK_PHASES = ("examples", "fuzzing", "stateful")
CONFIG = Path(__file__).with_name("schemathesis.toml")
CONSOLE = "the-token-of-whoever-started-the-run"
ADMIN = {"username": "fuzz", "password": OWN_PASSWORD}


@dataclass(frozen=True)
class Fuzzed:
    """What a run found: failures by kind with their operations; `said` is the whole report.

    `unreached` are the operations that never answered with success.
    """

    cases: int
    seed: int
    failures: list[str]
    errors: list[str]
    unreached: list[str]
    said: str


def variables(directory: Path) -> dict[str, str]:
    """Return the settings of a server with all that operations need: logins, and directories."""
    places = {name: directory / name for name in ("files", "tasks")}
    for place in places.values():
        place.mkdir()
    (places["tasks"] / "from-a-file.js").write_text("function main(input) { return input; }")
    return {
        "RATCHET_SERVER_AUTH": "on",
        "RATCHET_SERVER_CONSOLE_TOKEN": CONSOLE,
        **{f"RATCHET_{name.upper()}_DIR": str(place) for name, place in places.items()},
    }


def session(api_url: str) -> str:
    """Return the token of an admin who has just been made, and whose id is the first."""
    with httpx.Client(base_url=api_url, timeout=20) as client:
        bearer = {"authorization": f"Bearer {CONSOLE}"}
        client.post("users", json={**ADMIN, "role": "admin"}, headers=bearer).raise_for_status()
        token: str = client.post("auth/login", json=ADMIN).raise_for_status().json()["data"]["token"]
        return token


def fuzzed(
    server: Process, examples: int, seed: int | None = None, phases: Sequence[str] = ALL_PHASES
) -> Fuzzed:
    """Send random requests to a running server, about `examples` to each operation in each phase.

    It was started with `variables`; its first user is made here.
    """
    said = server.overheard()
    token = session(server.url)
    _put_work(server.url, token)
    with tempfile.TemporaryDirectory() as directory:
        report = Path(directory) / "report.json"
        done = subprocess.run(
            _command(server.url, examples, seed, phases, token, report),
            cwd=directory,
            capture_output=True,
            text=True,
            env=_environment(),
        )
        if not report.exists():
            raise RuntimeError(f"The run ended without a report: {done.stdout[-2000:]}{done.stderr[-2000:]}")
        found = json.loads(report.read_text())
    failures = [f"{each['title']}: {', '.join(each['operations'])}" for each in found["failures"]]
    unreached = _unreached(server.url, token)
    wrong = [line.rstrip() for line in said if "Traceback (most recent call last)" in line]
    return Fuzzed(
        cases=found["test_cases"]["generated"],
        seed=found["seed"],
        failures=failures + [f"The server said: {line}" for line in wrong],
        errors=[json.dumps(each)[:300] for each in found["errors"]],
        unreached=unreached,
        said=done.stdout + "".join(said if wrong else ()),
    )


def _put_work(api_url: str, token: str) -> None:
    """Leave rows that wait to be cancelled, deliveries to be made again, acts on many that go on and on."""
    with httpx.Client(base_url=api_url, timeout=20, headers={"authorization": f"Bearer {token}"}) as client:
        work = {"taskId": _made(client, "tasks", {"name": "echo", "sourceCode": SOURCES[0]}), "input": {}}
        for _ in range(NEWEST_ROW // 2):
            _made(client, "executions", {**work, "scheduledFor": FAR})
            _made(client, "jobs", {**work, "scheduledFor": FAR})
            _made(client, "jobs", {**work, "outputDestinations": DESTINATIONS})
            _made(client, "jobs/bulk", {"action": "retry", "filter": {}, "ratePerSecond": 0.001})


def _made(client: httpx.Client, path: str, body: dict[str, Any]) -> str:
    number: str = client.post(path, json=body).raise_for_status().json()["data"]["id"]
    return number


def _command(
    api_url: str, examples: int, seed: int | None, phases: Sequence[str], token: str, report: Path
) -> list[str]:
    program = (sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()")
    options = {
        "--max-examples": str(examples),
        "--phases": ",".join(phases),
        "--checks": ",".join(CHECKS),
        "--header": f"Authorization: Bearer {token}",
        "--report": "json",
        "--report-json-path": str(report),
        **({} if seed is None else {"--seed": str(seed)}),
    }
    excluded = [part for path in (*ENDLESS, *ENDING) for part in ("--exclude-path", path)]
    chosen = [part for pair in options.items() for part in pair]
    start = (*program, "--config-file", str(CONFIG), "--no-color", "run", f"{api_url}/openapi.json")
    return [*start, *chosen, *excluded]


def _unreached(api_url: str, token: str) -> list[str]:
    """Return the described operations that the server counts no success of."""
    with httpx.Client(timeout=20, headers={"authorization": f"Bearer {token}"}) as client:
        text = client.get(f"{api_url}/metrics/prometheus").raise_for_status().text
        paths = client.get(f"{api_url}/openapi.json").json()["paths"]
    succeeded = {
        (sample.labels["method"].lower(), sample.labels["route"])
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.labels.get("status") == "2xx"
    }
    described = {
        (method, path)
        for path, item in paths.items()
        for method, operation in item.items()
        if path not in (*ENDLESS, *ENDING)
        and any(status.startswith("2") for status in operation["responses"])
    }
    return sorted(f"{method.upper()} {path}" for method, path in described - succeeded)


def _environment() -> dict[str, str]:
    return {"PATH": str(Path(sys.executable).parent), "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
