"""Filters in words."""

from datetime import UTC, datetime

import pytest

from ratchet_web.logic.filters import duration, in_words, names


@pytest.mark.parametrize(
    ("ms", "words"),
    [(0, "0 s"), (250, "250 ms"), (1500, "1 s 500 ms"), (90_000, "1 m 30 s"), (90_000_000, "1 d 1 h")],
)
def test_a_duration_is_exact(ms: int, words: str) -> None:
    assert duration(ms) == words


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("range", "24h", "queued in the last 24h"),
        ("ended", "24h", "ended in the last 24h"),
        ("since", datetime(2026, 1, 31, 12, tzinfo=UTC), "queued since 2026-01-31 12:00:00 UTC"),
        ("min_ms", 10_000, "took 10 s or more"),
        ("error", False, "without an error"),
        ("text", "x" * 50, f"error has “{'x' * 40}…”"),
        ("max_progress", 50, "progress 50 % at most"),
        ("job", "7", "job 7"),
        ("due", True, "due now"),
        ("retries_left", False, "without retries left"),
        ("due_until", datetime(2026, 1, 31, 12, tzinfo=UTC), "due until 2026-01-31 12:00:00 UTC"),
        ("priority", "LOW", "low priority"),
        ("min_retries", 2, "retried 2 times or more"),
    ],
)
def test_a_filter_in_words(name: str, value: object, words: str) -> None:
    assert in_words(name, value) == words


def test_filters_have_names_for_people() -> None:
    assert names(["min_ms", "max_ms", "task"]) == "run time, task"
