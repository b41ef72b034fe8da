import pytest

from ratchet_web.logic.failures import ADVICE, WORDS, FailureKind, failure_kind, same_failures

CASES = [
    ("TimeLimitError: Ran longer than 30 s (limit)", FailureKind.TIMEOUT),
    ("TimeoutError: the till did not answer", FailureKind.TIMEOUT),
    ("TypeError: fetch failed: GET http://x/: no answer within 10 s", FailureKind.TIMEOUT),
    ("MemoryLimitError: Used more than 64 MB of memory (limit)", FailureKind.MEMORY),
    ("RangeError: Array buffer allocation failed", FailureKind.MEMORY),
    ("OutputError: output.total must be of type number, not a text", FailureKind.SCHEMA),
    ("ValidationError: an order needs a line", FailureKind.SCHEMA),
    ("NetworkError: no route", FailureKind.NETWORK),
    ("ServiceUnavailableError: 503", FailureKind.NETWORK),
    ("TypeError: fetch failed: GET http://x/: [Errno 111] Connection refused", FailureKind.NETWORK),
    ("AuthenticationError: 401", FailureKind.REFUSED),
    ("AuthorizationError: 403", FailureKind.REFUSED),
    ("RateLimitError: 429", FailureKind.REFUSED),
    ("HttpError: HTTP 418", FailureKind.REFUSED),
    ("SyntaxError: Unexpected token '}'", FailureKind.SOURCE),
    ("Error: The task defines no function main(input)", FailureKind.SOURCE),
    ("Interrupted: the server stopped while it ran", FailureKind.INTERRUPTED),
    ("WorkerError: the worker ended", FailureKind.INTERRUPTED),
    ("DataError: The till does not balance", FailureKind.THROWN),
    ("ConfigurationError: no key", FailureKind.THROWN),
    ("Error: no way", FailureKind.THROWN),
    ("MyOwnError: the schema of my life", FailureKind.THROWN),
    ("something", FailureKind.THROWN),
    ("", FailureKind.UNKNOWN),
    (None, FailureKind.UNKNOWN),
]


@pytest.mark.parametrize(("message", "kind"), CASES)
def test_the_kind_of_a_failure_by_its_message(message, kind):
    assert failure_kind(message) is kind


def test_the_name_that_the_server_tells_goes_before_the_message():
    assert failure_kind("whatever", "TimeLimitError") is FailureKind.TIMEOUT
    assert failure_kind("TimeoutError: I only talk of it", "Error") is FailureKind.TIMEOUT
    assert failure_kind("it timed out", "MyOwnError") is FailureKind.THROWN


def test_each_kind_has_words_and_advice():
    assert set(WORDS) == set(ADVICE) == set(FailureKind)
    assert all(text.endswith(".") for text in ADVICE.values())


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("TypeError: Cannot read properties of undefined (reading 'reduce')", None),
        ("Error: order 12 of 2026-01-01 is missing", "Error: order"),
        ("DataError: The till does not balance", "DataError: The till does not balance"),
        ("Error: no\nmore", "Error: no"),
        ("12 34", ""),
        (None, ""),
    ],
)
def test_same_failures_are_found_by_what_does_not_change(message, text):
    found = same_failures(message)
    assert found == ("TypeError: Cannot read properties of undefined (reading" if text is None else text)
    assert found in (message or "")


def test_what_stands_far_behind_in_a_long_message_is_not_looked_at():
    assert same_failures("12 " * 160 + "Error: late") == "Error: late"
    assert same_failures("12 " * 170 + "Error: late") == ""
    assert same_failures("x" * 5_000 + "1") == "x" * 100


def test_same_failures_are_found_by_what_can_be_looked_for():
    assert same_failures("Error: the till is closed\0 at night") == "Error: the till is closed"
