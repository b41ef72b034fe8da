"""Addresses keep the server that they name."""

import pytest

from ratchet_web.logic.addresses import names_one, on_server


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
