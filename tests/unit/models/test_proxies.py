"""Reverse proxies: who is believed, and what they may say."""

import pytest
from pydantic import ValidationError

from ratchet_web.models.proxies import is_within, name_in, named_roles, networks, role_in
from ratchet_web.models.users import Role
from ratchet_web.settings import Settings

KNOWN = networks("127.0.0.1, 10.1.0.0/16,fd00::/8")
ROLES = named_roles("ops=operator, root = admin, view=reader")


@pytest.mark.parametrize("peer", ["127.0.0.1", "10.1.2.3", "::ffff:10.1.2.3", "fd00::1", "fd00::1%eth0"])
def test_stated_peers_are_believed(peer: str) -> None:
    assert is_within(peer, KNOWN)


@pytest.mark.parametrize(
    "peer",
    ["", "127.0.0.2", "10.2.0.1", "::1", "::ffff:10.2.0.1", "localhost", "127.0.0.1, 10.2.0.1", "unix"],
)
def test_others_are_not(peer: str) -> None:
    assert not is_within(peer, KNOWN)
    assert not is_within("127.0.0.1", networks(""))


@pytest.mark.parametrize("text", ["proxy.test", "10.0.0.0/33", "10.0.0.1;10.0.0.2", "0.0.0.0/0", "::/0"])
def test_what_is_no_network_or_everybody_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        Settings(web_auth="proxy", web_proxy_from=text)


@pytest.mark.parametrize(
    ("header", "role"),
    [
        (None, Role.READONLY),
        (" ", Role.READONLY),
        ("OPS", Role.USER),
        ("staff, view,ops", Role.USER),
        ("view,root,ops", Role.ADMIN),
        ("staff", None),
        ("admin", None),  # not what this proxy calls one
    ],
)
def test_a_role_is_the_greatest_that_is_named(header: str | None, role: Role | None) -> None:
    assert role_in(header, ROLES) == role


@pytest.mark.parametrize("text", ["ops", "=admin", "ops=root", "ops="])
def test_roles_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        Settings(web_proxy_roles=text)


@pytest.mark.parametrize("header", [None, "", " ", "a\nb", "a\x00", "x" * 201])
def test_nobody_is_named_by_nothing(header: str | None) -> None:
    assert name_in(header) == ""
    assert name_in(" Ann O'Hara ") == "Ann O'Hara"


@pytest.mark.parametrize("name", ["José", "Ángela Núñez", "日本太郎", "Đặng"])
def test_a_name_is_read_as_proxies_send_it(name: str) -> None:
    assert name_in(name.encode().decode("latin-1")) == name
    assert name_in("José") == "José"  # as Latin-1
    assert name_in("a\u202eb".encode().decode("latin-1")) == ""


def test_a_proxy_must_be_stated_and_the_rest_is_checked() -> None:
    with pytest.raises(ValidationError, match="needed with RATCHET_WEB_AUTH=proxy"):
        Settings(web_auth="proxy")
    for wrong in ({"web_proxy_user": "a b"}, {"web_proxy_role": ""}, {"web_proxy_sign_out": "javascript:x"}):
        with pytest.raises(ValidationError):
            Settings(**wrong)
    for leads in ("/oauth2/sign_out?rd=/", "https://sso.test/out", ""):
        assert Settings(web_proxy_sign_out=leads).web_proxy_sign_out == leads
    with pytest.raises(ValidationError):
        Settings(web_proxy_sign_out="//evil.test")
