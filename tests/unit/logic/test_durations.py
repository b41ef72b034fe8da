import pytest

from ratchet_web.logic.durations import humanised


@pytest.mark.parametrize(
    ("duration_ms", "text"),
    [
        (None, "–"),
        (-5, "0 ms"),
        (0, "0 ms"),
        (0.4, "0 ms"),
        (412, "412 ms"),
        (999, "999 ms"),
        (999.6, "1.0 s"),
        (1_000, "1.0 s"),
        (1_849, "1.8 s"),
        (9_949, "9.9 s"),
        (9_950, "10 s"),
        (59_400, "59 s"),
        (59_500, "1 m"),
        (60_000, "1 m"),
        (92_000, "1 m 32 s"),
        (3_599_000, "59 m 59 s"),
        (3_599_600, "1 h"),
        (18_960_000, "5 h 16 m"),
        (3_600_000, "1 h"),
        (86_399_000, "1 d"),
        (273_600_000, "3 d 4 h"),
        (8_640_000_000, "100 d"),
    ],
)
def test_durations_in_words(duration_ms: float | None, text: str) -> None:
    assert humanised(duration_ms) == text
