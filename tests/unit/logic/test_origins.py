import pytest

from ratchet_web.logic.origins import is_foreign


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://localhost:3000", "localhost:8080"),
        ("http://localhost", "localhost:8080"),
        ("http://evil.test:8080", "localhost:8080"),
        ("http://localhost:8080.evil.test", "localhost:8080"),
        ("null", "localhost:8080"),
        ("", "localhost:8080"),
        ("null", None),
        ("", ""),
        ("http://[", "localhost:8080"),
    ],
)
def test_another_host_or_port_is_foreign(origin: str, host: str | None) -> None:
    assert is_foreign(origin, host)


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        (None, "localhost:8080"),
        (None, None),
        ("http://localhost:8080", "localhost:8080"),
        ("https://Console.Test", "console.test"),
        ("http://[::1]:8080", "[::1]:8080"),
    ],
)
def test_the_same_host_and_port_and_programs_are_not(origin: str | None, host: str | None) -> None:
    assert not is_foreign(origin, host)
