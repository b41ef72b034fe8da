"""How long a process that died stays away."""

import pytest

from ratchet_web.cli.restarts import delay_s


@pytest.mark.parametrize(
    ("deaths_s", "expected_s"),
    [
        ([100], 0.0),
        ([100, 101], 0.5),
        ([100, 101, 102], 1.0),
        ([100, 101, 102, 103], 2.0),
        ([100, 101, 102, 103, 104], None),
        ([100, 200], 0.0),
        ([100, 101, 102, 103, 200], 0.0),
        ([1, 100, 200, 201], 0.5),
    ],
)
def test_only_a_row_of_quick_deaths_counts(deaths_s, expected_s):
    assert delay_s(deaths_s) == expected_s
