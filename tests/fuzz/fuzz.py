"""Runs Schemathesis over every operation that the server describes, its links included."""

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ratchet_web.cli.places import ROOT

# No 5xx, no status or content that is not described, no answer outside its schema, nothing that was deleted.
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "use_after_free",
)
# Streams that end only with the server: tests/contract/test_server_streams.py looks at them.
ENDLESS = ("/api/v1/events",)


@dataclass(frozen=True)
class Fuzzed:
    """What a run found: failures by kind with their operations; `said` is the whole report."""

    cases: int
    seed: int
    failures: list[str]
    errors: list[str]
    said: str


def fuzzed(api_url: str, examples: int, seed: int | None = None) -> Fuzzed:
    """Send random requests to a running server: `examples` to each operation, and the edges of each field."""
    with tempfile.TemporaryDirectory() as directory:
        report = Path(directory) / "report.json"
        excluded = [part for path in ENDLESS for part in ("--exclude-path", path)]
        command = [
            *(
                sys.executable,
                "-c",
                "from schemathesis.cli import schemathesis; schemathesis()",
                "--no-color",
            ),
            *(
                "run",
                f"{api_url}/openapi.json",
                "--max-examples",
                str(examples),
                "--checks",
                ",".join(CHECKS),
            ),
            *("--request-timeout", "20", "--continue-on-failure", "--report", "json"),
            *("--report-json-path", str(report), *excluded),
            *(() if seed is None else ("--seed", str(seed))),
        ]
        done = subprocess.run(command, cwd=directory, capture_output=True, text=True, env=_environment())
        if not report.exists():
            raise RuntimeError(f"The run ended without a report: {done.stdout[-2000:]}{done.stderr[-2000:]}")
        found = json.loads(report.read_text())
    return Fuzzed(
        cases=found["test_cases"]["generated"],
        seed=found["seed"],
        failures=[f"{each['title']}: {', '.join(each['operations'])}" for each in found["failures"]],
        errors=[json.dumps(each)[:300] for each in found["errors"]],
        said=done.stdout,
    )


def _environment() -> dict[str, str]:
    return {"PATH": str(Path(sys.executable).parent), "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
