"""A figure beside that of the period before."""

import pytest

from ratchet_web.logic.comparing import compared, compared_share


@pytest.mark.parametrize(
    ("now", "before", "good", "unit", "told"),
    [
        (None, 3, "less", "count", ("", "", "unknown")),
        (3, None, "less", "count", ("", "", "unknown")),
        (0, 0, "less", "count", ("=", "as before", "neutral")),
        (5, 0, "less", "count", ("▲", "5 more", "worse")),
        (1_500, 0, "neither", "count", ("▲", "1,500 more", "neutral")),
        (40, 0, "less", "ms", ("▲", "longer", "worse")),
        (101, 100, "less", "count", ("=", "as before", "neutral")),
        (318, 225, "less", "count", ("▲", "41 % more", "worse")),
        (318, 225, "more", "count", ("▲", "41 % more", "better")),
        (318, 225, "neither", "count", ("▲", "41 % more", "neutral")),
        (50, 100, "less", "count", ("▼", "50 % fewer", "better")),
        (900, 100, "less", "count", ("▲", "9 times as many", "worse")),
        (900, 100, "less", "ms", ("▲", "9 times as long", "worse")),
        (90, 100, "less", "ms", ("▼", "10 % shorter", "better")),
        (0, 100, "less", "count", ("▼", "100 % fewer", "better")),
    ],
)
def test_figures(now, before, good, unit, told):
    found = compared(now, before, good, unit)
    assert (found.mark, found.words, found.kind) == told
    assert found.before == before


@pytest.mark.parametrize(
    ("now", "before", "told"),
    [
        (98.6, 99.2, ("▼", "0.6 points lower", "worse")),
        (99.2, 98.6, ("▲", "0.6 points higher", "better")),
        (99.21, 99.2, ("=", "as before", "neutral")),
        (99.2, None, ("", "", "unknown")),
    ],
)
def test_shares(now, before, told):
    found = compared_share(now, before, "more")
    assert (found.mark, found.words, found.kind) == told
