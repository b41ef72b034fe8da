"""Where a login is wanted, and by which names a server without one may be called."""

import pytest

from ratchet_web.logic.origins import host_name, is_loopback
from ratchet_web.server.access.exposure import (
    ExposedError,
    check_exposure,
    served_hosts,
    wants_login,
)
from ratchet_web.settings import Settings


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("", False),
        ("10.0.0.7", False),
        ("localhost.example", False),
    ],
)
def test_a_login_is_wanted_where_others_reach_the_server(host, loopback):
    assert is_loopback(host) is loopback
    chosen = Settings(server_host=host)
    assert wants_login(chosen) is not loopback
    assert (served_hosts(chosen) is not None) is loopback
    check_exposure(chosen)


def test_no_login_where_others_reach_the_server_must_be_meant(caplog):
    open_to_all = {"server_host": "0.0.0.0", "server_auth": "off"}
    with pytest.raises(ExposedError, match="RATCHET_SERVER_INSECURE=true"):
        check_exposure(Settings(**open_to_all))
    check_exposure(Settings(**open_to_all, server_insecure=True))
    assert "Everybody who reaches 0.0.0.0" in caplog.text
    check_exposure(Settings(server_auth="off"))


def test_a_login_can_be_wanted_on_loopback_too():
    assert wants_login(Settings(server_auth="on"))
    assert served_hosts(Settings(server_auth="on")) is None


def test_a_login_is_wanted_where_people_sign_in_unless_it_is_off():
    assert wants_login(Settings(web_auth="ratchet"))
    assert not wants_login(Settings(web_auth="ratchet", server_auth="off"))


def test_more_names_can_be_allowed():
    hosts = served_hosts(Settings(server_allowed_hosts="ratchet.local, Other.Example"))
    assert hosts is not None
    assert {"localhost", "127.0.0.1", "::1", "ratchet.local", "other.example"} == hosts


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("localhost", "localhost"),
        ("LocalHost:8080", "localhost"),
        ("[::1]:8080", "::1"),
        ("[::1]", "::1"),
        ("127.0.0.1:1", "127.0.0.1"),
        ("localhost.", "localhost"),
        ("evil.example:8080", "evil.example"),
        ("localhost@evil.example", "localhost@evil.example"),
        ("localhost.evil.example", "localhost.evil.example"),
        ("", ""),
        ("[", ""),
    ],
)
def test_the_name_in_a_host_header(header, name):
    assert host_name(header) == name
