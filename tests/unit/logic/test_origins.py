import pytest

from ratchet_web.logic.origins import exposure, is_foreign


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


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "192.0.2.1", "console.test"])
def test_a_console_for_everybody_is_refused_where_others_reach_it(host: str) -> None:
    why = exposure("none", host, insecure=False)
    assert all(way in why for way in ("RATCHET_WEB_AUTH=ratchet", "RATCHET_WEB_AUTH=proxy", "--insecure"))
    assert not exposure("none", host, insecure=True)
    assert not exposure("ratchet", host, insecure=False)
    assert not exposure("none", "127.0.0.1", insecure=False)
