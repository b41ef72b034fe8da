"""`python -m tests.fuzz --examples N`: many random requests; the last line is a summary with `"ok"`."""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from tests.fuzz.fuzz import ALL_PHASES, QUICK_PHASES, fuzzed, variables
from tests.support.server import on_port

CASES_LEAST = 10_000


def main() -> int:
    """Return 1 where an answer was wrong, or fewer cases than `--least` were tried."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--examples", type=int, default=100, help="random cases of each operation")
    parser.add_argument("--least", type=int, default=CASES_LEAST, help="fewer cases than this are a failure")
    parser.add_argument("--seed", type=int, default=None, help="repeats the run that named it")
    parser.add_argument(
        "--quick", action="store_true", help="without the edges of each field, as a test does"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        settings = variables(Path(directory))
        with on_port(Path(directory) / "data", **settings) as server:
            found = fuzzed(
                server, options.examples, options.seed, QUICK_PHASES if options.quick else ALL_PHASES
            )
    print(found.said)
    if found.unreached:
        print(f"Never answered with success (streams are not counted): {', '.join(found.unreached)}")
    ok = not found.failures and not found.errors and found.cases >= options.least
    summary = {"ok": ok, "cases": found.cases, "seed": found.seed, "failures": found.failures}
    print(json.dumps({**summary, "errors": found.errors, "unreached": found.unreached}))
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
