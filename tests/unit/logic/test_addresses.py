"""Addresses keep the server that they name, and lead to no other host."""

from urllib.parse import parse_qs, urlsplit

import pytest

from ratchet_web.logic.addresses import local_path, names_one, on_server, sign_in_address


@pytest.mark.parametrize(
    ("address", "server", "result"),
    [
        ("/tasks", "prod", "/tasks?server=prod"),
        ("/tasks?q=a%20b&enabled=", "prod", "/tasks?q=a+b&enabled=&server=prod"),
        ("/tasks?server=staging&q=a", "prod", "/tasks?q=a&server=prod"),
        ("/executions/1?server=a&server=b#L9", "c", "/executions/1?server=c#L9"),
        ("/tasks?q=a", "", "/tasks?q=a"),
        ("/tasks?server=prod", "", "/tasks"),
        ("/tasks", "<&>", "/tasks?server=%3C%26%3E"),
    ],
)
def test_an_address_is_put_on_a_server(address: str, server: str, result: str) -> None:
    assert on_server(address, server) == result


@pytest.mark.parametrize(
    ("address", "one"),
    [("/", False), ("/?server=a", True), ("/?server=a&q=1", True), ("/?server=a&server=a", False)],
)
def test_an_address_names_one_server_or_none_for_sure(address: str, one: bool) -> None:
    assert names_one(address) is one


@pytest.mark.parametrize(
    "text",
    [
        *("//evil.test", "///evil.test", "https://evil.test", "evil.test", "javascript:alert(1)", ""),
        *("/\\evil.test", "\\\\evil.test", "/\t/evil.test", "/\n/evil.test", "\t//evil.test", " //evil.test"),
        *(
            "/tasks\r\nset-cookie: a=b",
            "/\x00",
            "/\u2028/evil",
            "/\x7f",
            "/" + "a" * 2000,
            None,
            7,
            ["/tasks"],
        ),
        *("/login", "/login?next=/login", "/LOGIN/", "/console/logout", "/console"),
    ],
)
def test_nobody_is_led_back_to_what_is_no_page_of_ours(text: object) -> None:
    assert local_path(text) == "/"


@pytest.mark.parametrize(
    "text",
    ["/", "/tasks", "/tasks?q=a&server=prod#below", "/executions?next=//evil.test", "/tasks/é", "/logins"],
)
def test_pages_of_ours_are_led_back_to(text: str) -> None:
    assert local_path(text) == text


@pytest.mark.parametrize("back_to", ["/tasks?q=a&server=prod", "/tasks/1?tab=schemas#a b", "/é?x=%2F%2F"])
@pytest.mark.parametrize("server", ["", "prod"])
def test_the_sign_in_leads_back_to_the_same_address(server: str, back_to: str) -> None:
    asked = parse_qs(urlsplit(sign_in_address(server, back_to)).query)
    assert asked == {"next": [back_to]} | ({"server": [server]} if server else {})


def test_the_sign_in_of_the_first_page_is_short() -> None:
    assert sign_in_address("", "/") == "/login"
