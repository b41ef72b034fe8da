"""Random requests by the server's own description, in short; `make fuzz` sends many more."""

import random

from tests.fuzz.fuzz import QUICK_PHASES, fuzzed, variables
from tests.support.server import on_port

EXAMPLES = 6
CASES_LEAST = 400


def test_random_requests_find_no_answer_that_is_not_described(tmp_path):
    seed = random.randrange(1 << 32)
    print(f"`python -m tests.fuzz --quick --examples {EXAMPLES} --seed {seed}` repeats this run")
    with on_port(tmp_path / "data", **variables(tmp_path)) as server:
        found = fuzzed(server, EXAMPLES, seed, QUICK_PHASES)
    assert not found.failures, found.said
    assert not found.errors, found.said
    assert found.cases >= CASES_LEAST
