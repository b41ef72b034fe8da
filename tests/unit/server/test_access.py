"""Every operation of the server stands in the table of access, and in no other place."""

import pytest
from fastapi.routing import iter_route_contexts

from ratchet_web.models.users import Role
from ratchet_web.server.access.rules import ANYONE, RULES, allows, operations, rule
from ratchet_web.server.app import create
from ratchet_web.server.paths import PREFIX
from ratchet_web.settings import Settings

STATIC = {"GET", "HEAD"}


def served():
    return {
        (method, route.path)
        for route in iter_route_contexts(create(Settings()).api.routes)
        for method in route.methods or STATIC
    }


def test_every_route_of_the_server_stands_in_the_table():
    assert not sorted(each for each in served() if rule(*each) is None)


def test_the_table_names_no_operation_that_does_not_exist():
    there = {(method, path.removeprefix(PREFIX)) for method, path in served()}
    assert not sorted(set(operations()) - there)


def test_what_is_not_in_the_table_is_open_to_nobody():
    assert rule("DELETE", "/api/v1/health") is None
    assert rule("GET", "/api/v1/secrets") is None


def test_only_probes_login_the_description_and_the_refusal_to_register_need_no_login():
    assert {(m, p) for p, rules in RULES.items() for m in rules if rules[m] is ANYONE} == {
        ("GET", "/health"),
        ("GET", "/ready"),
        ("GET", "/live"),
        ("POST", "/auth/login"),
        ("POST", "/auth/register"),
        ("GET", "/openapi.json"),
        ("HEAD", "/openapi.json"),
        ("GET", "/docs"),
        ("GET", "/docs/oauth2-redirect"),
        ("GET", "/docs/static"),
        ("HEAD", "/docs/static"),
    }


def test_a_readonly_user_changes_nothing_but_the_own_account():
    own = ("/auth/", "/tokens")
    assert not [
        (method, path)
        for method, path in operations()
        if method not in STATIC and not path.startswith(own) and allows(RULES[path][method], Role.READONLY)
    ]


@pytest.mark.parametrize(
    ("needed", "allowed"),
    [
        (ANYONE, [None, *Role]),
        (Role.READONLY, [*Role]),
        (Role.SERVICE, [Role.SERVICE, Role.USER, Role.ADMIN]),
        (Role.USER, [Role.USER, Role.ADMIN]),
        (Role.ADMIN, [Role.ADMIN]),
    ],
)
def test_each_role_may_do_all_that_the_lesser_ones_may(needed, allowed):
    assert [role for role in (None, *Role) if allows(needed, role)] == allowed
