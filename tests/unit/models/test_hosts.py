import ipaddress

import pytest

from ratchet_web.models.hosts import AllowedHosts


def allows(text, host, port, address):
    return AllowedHosts.parse(text).allow(host, port, ipaddress.ip_address(address))


@pytest.mark.parametrize(
    ("text", "host", "port", "address"),
    [
        ("127.0.0.1", "127.0.0.1", 80, "127.0.0.1"),
        ("127.0.0.1", "localhost", 8080, "127.0.0.1"),
        ("127.0.0.1", "x.test", 80, "::ffff:127.0.0.1"),
        ("127.0.0.1:8080", "127.0.0.1", 8080, "127.0.0.1"),
        ("::1", "localhost", 80, "::1"),
        ("[::1]:80", "localhost", 80, "::1"),
        ("10.0.0.0/8", "build.local", 443, "10.9.8.7"),
        ("fd00::/8", "build.local", 443, "fd00::1"),
        ("Build.Local", "build.LOCAL.", 443, "10.9.8.7"),
        ("a.test, build.local:443 ,", "build.local", 443, "10.9.8.7"),
    ],
)
def test_what_is_listed_may_be_reached(text, host, port, address):
    assert allows(text, host, port, address)


@pytest.mark.parametrize(
    ("text", "host", "port", "address"),
    [
        ("", "127.0.0.1", 80, "127.0.0.1"),
        ("127.0.0.1:8080", "127.0.0.1", 80, "127.0.0.1"),
        ("127.0.0.1", "127.0.0.1", 80, "127.0.0.2"),
        ("build.local", "evil.build.local", 80, "10.0.0.1"),
        ("build.local:443", "build.local", 80, "10.0.0.1"),
        ("10.0.0.0/8", "build.local", 80, "11.0.0.1"),
        ("10.0.0.0/8", "build.local", 80, "::1"),
    ],
)
def test_what_is_not_listed_may_not(text, host, port, address):
    assert not allows(text, host, port, address)


@pytest.mark.parametrize(
    "text", ["10.0.0.1/8", "a b", "http://x.test", "x.test:0", "x.test:99999", "300.1.1.1", "*"]
)
def test_what_names_no_host_is_refused(text):
    with pytest.raises(ValueError, match=r"no host|no port"):
        AllowedHosts.parse(text)
