"""A server that wants a login: who gets in, what each role may do, and when a token is worth nothing."""

import asyncio
import logging
import re
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from ratchet_web.api import Forbidden, Ratchet
from ratchet_web.models.users import Role
from ratchet_web.server import streams
from ratchet_web.server.access.rules import ANYONE, RULES, allows
from ratchet_web.server.access.throttle import FREE_BY_NAME
from tests.support.server import in_process, transport

pytestmark = pytest.mark.asyncio(loop_scope="module")

CONSOLE = "console-token-of-this-run-0123456789"
PASSWORD = "a long enough password"
OTHER = "quite another password"
OPERATIONS = [(m, p, needed) for p, rules in RULES.items() for m, needed in rules.items()]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(tmp_path_factory):
    data_dir = tmp_path_factory.mktemp("data")
    async with in_process(
        data_dir, server_auth="on", server_console_token=CONSOLE, log_level="debug"
    ) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def by_role(api):
    """Return an API token for each role."""
    return {role: await api_token(api, await a_user(api, role)) for role in Role}


def bearer(token):
    return {"headers": {"authorization": f"Bearer {token}"}}


AS_CONSOLE = bearer(CONSOLE)
made = iter(range(10_000))


async def a_user(api, role=Role.USER):
    name = f"{role}-{next(made)}"
    body = {"username": name, "password": PASSWORD, "role": role}
    row = (await api.ask("POST", "/users", 201, json=body, **AS_CONSOLE))["data"]
    assert (row["username"], row["role"], row["enabled"]) == (name, role, True)
    return row


async def login(api, user, password=PASSWORD, status=200):
    body = {"username": user["username"], "password": password}
    answer = await api.ask("POST", "/auth/login", status, json=body)
    return answer["data"]["token"] if status == 200 else answer["error"]


async def api_token(api, user, **more):
    session = bearer(await login(api, user))
    answer = await api.ask("POST", "/tokens", 201, json={"name": "t", **more}, **session)
    return answer["data"]["token"]


async def works(api, token):
    answer = await api.client.get("/tasks", **bearer(token))
    assert answer.status_code in (200, 401)
    return answer.status_code == 200


def address(path):
    root = ("/docs", "/live", "/ready")
    filled = re.sub(r"{\w+}", "99999", path).replace("/docs/static", "/docs/static/swagger-ui.css")
    return f"http://127.0.0.1{filled}" if filled.startswith(root) else filled


@pytest.mark.parametrize(("method", "path", "needed"), OPERATIONS)
async def test_nobody_gets_in_without_a_token(api, method, path, needed):
    answer = await api.client.request(method, address(path))
    if needed is ANYONE:
        assert answer.status_code != 401
    else:
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"


async def test_whoever_opens_the_description_can_log_in_there(api):
    page = await api.client.get("http://127.0.0.1/docs")
    assert page.status_code == 200
    described = (await api.client.get("/openapi.json")).json()
    assert described["components"]["securitySchemes"] == {"token": {"type": "http", "scheme": "bearer"}}
    assert described["paths"]["/api/v1/auth/login"]["post"]["security"] == []


# A stream has no end, and this transport waits for it.
ENDING = [operation for operation in OPERATIONS if operation[1] != "/events"]


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(("method", "path", "needed"), ENDING)
async def test_a_role_may_do_what_the_table_says_and_nothing_else(api, by_role, method, path, needed, role):
    answer = await api.client.request(method, address(path), **bearer(by_role[role]))
    refused = answer.status_code == 403 and "needs the role" in answer.text
    assert refused is not allows(needed, role)
    assert answer.status_code != 401 or path == "/auth/login"
    assert answer.status_code < 500


async def test_a_stranger_can_send_little(api):
    body = {"username": "x" * 64_000, "password": PASSWORD}
    error = await api.fails("POST", "/auth/login", 413, body)
    assert error["message"] == "The body is too large: at most 64,000 bytes"


@pytest.mark.parametrize("path", ["/nothing", "/users/1/secrets", "/tasks/1/enable/more"])
async def test_what_is_not_there_is_told_only_to_those_who_may_ask(api, by_role, path):
    assert (await api.client.get(path)).status_code == 401
    assert (await api.client.get(path, **bearer(by_role[Role.READONLY]))).status_code == 404
    assert (await api.client.put("/jobs", **bearer(by_role[Role.ADMIN]))).status_code == 405


async def test_a_login_gives_a_token_that_says_who_one_is(api):
    user = await a_user(api)
    body = {"username": user["username"].upper(), "password": PASSWORD}
    session = (await api.ask("POST", "/auth/login", 200, json=body))["data"]
    assert session["user"]["id"] == user["id"]
    assert datetime.fromisoformat(session["expiresAt"]) > datetime.now(UTC) + timedelta(days=6)
    me = (await api.ask("GET", "/auth/me", 200, **bearer(session["token"])))["data"]
    assert me == {"id": user["id"], "username": user["username"], "role": "user"}
    assert (await api.ask("GET", f"/users/{user['id']}", 200, **AS_CONSOLE))["data"]["lastLoginAt"]


async def test_every_login_gives_another_token_whatever_was_sent_along(api):
    user = await a_user(api)
    first = await login(api, user)
    body = {"username": user["username"], "password": PASSWORD}
    for planted in (first, "rat_planted", "x"):
        again = (await api.ask("POST", "/auth/login", 200, json=body, **bearer(planted)))["data"]["token"]
        assert again not in (first, planted)


async def test_a_token_is_worth_nothing_after_logout(api):
    user = await a_user(api)
    ended, other = await login(api, user), await login(api, user)
    await api.ask("POST", "/auth/logout", 200, **bearer(ended))
    assert not await works(api, ended)
    assert await works(api, other)


async def test_a_changed_password_ends_all_other_sessions(api):
    user = await a_user(api)
    mine, other, program = await login(api, user), await login(api, user), await api_token(api, user)
    body = {"currentPassword": "not this one at all", "newPassword": OTHER}
    error = await api.fails("POST", "/auth/change-password", 400, body, **bearer(mine))
    assert error["details"] == [{"field": "currentPassword", "message": "is wrong"}]
    assert await works(api, other)
    body["currentPassword"] = PASSWORD
    await api.ask("POST", "/auth/change-password", 200, json=body, **bearer(mine))
    assert [await works(api, token) for token in (mine, other, program)] == [True, False, True]
    await login(api, user, status=401)
    assert await works(api, await login(api, user, OTHER))


async def test_a_disabled_user_is_out_at_once_and_a_removed_one_for_ever(api):
    user = await a_user(api)
    session, program = await login(api, user), await api_token(api, user)
    path = f"/users/{user['id']}"
    await api.ask("PATCH", path, 200, json={"enabled": False}, **AS_CONSOLE)
    assert not await works(api, session)
    assert not await works(api, program)
    await login(api, user, status=401)
    await api.ask("PATCH", path, 200, json={"enabled": True}, **AS_CONSOLE)
    assert not await works(api, session)
    assert await works(api, program)
    await api.ask("DELETE", path, 204, **AS_CONSOLE)
    assert not await works(api, program)
    await api.fails("GET", path, 404, **AS_CONSOLE)


@pytest.mark.parametrize("change", [{"enabled": False}, {"password": OTHER}], ids=str)
async def test_a_stream_ends_when_its_token_does(api, monkeypatch, change):
    monkeypatch.setattr(streams, "ADMITTED_S", 0)
    user = await a_user(api)
    session = bearer(await login(api, user))
    stream = asyncio.create_task(api.client.get("/events", **session))
    await api.ask("PATCH", f"/users/{user['id']}", 200, json=change, **AS_CONSOLE)
    while not stream.done():
        body = {"name": f"told-{next(made)}", "sourceCode": "function main() {}"}
        await api.ask("POST", "/tasks", 201, json=body, **AS_CONSOLE)
    # What it was told ends where the token did.
    assert body["name"] not in (await stream).text


async def test_a_reset_password_ends_all_sessions(api):
    user = await a_user(api)
    session = await login(api, user)
    await api.ask("PATCH", f"/users/{user['id']}", 200, json={"password": OTHER}, **AS_CONSOLE)
    assert not await works(api, session)
    assert await works(api, await login(api, user, OTHER))


async def test_a_lesser_role_lessens_tokens_that_were_made_before(api):
    user = await a_user(api, Role.ADMIN)
    token = bearer(await api_token(api, user, role="admin"))
    await api.ask("GET", "/users", 200, **token)
    await api.ask("PATCH", f"/users/{user['id']}", 200, json={"role": "readonly"}, **AS_CONSOLE)
    await api.fails("GET", "/users", 403, **token)
    assert (await api.ask("GET", "/auth/me", 200, **token))["data"]["role"] == "readonly"


async def test_a_token_grants_no_more_than_its_maker_and_shows_its_secret_once(api):
    user = await a_user(api)
    session = bearer(await login(api, user))
    error = await api.fails("POST", "/tokens", 400, {"name": "t", "role": "admin"}, **session)
    assert error["details"][0]["field"] == "role"
    late = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
    error = await api.fails("POST", "/tokens", 400, {"name": "t", "expiresAt": late}, **session)
    assert error["details"][0]["field"] == "expiresAt"
    body = {"name": "reader", "role": "readonly"}
    shown = (await api.ask("POST", "/tokens", 201, json=body, **session))["data"]
    assert (await api.ask("GET", "/auth/me", 200, **bearer(shown["token"])))["data"]["role"] == "readonly"
    listed = (await api.ask("GET", "/tokens", 200, **session))["data"]
    assert [row["name"] for row in listed] == ["reader"]
    assert shown["token"] not in str(listed)
    await api.fails("POST", "/tokens", 403, {"name": "more"}, **bearer(shown["token"]))
    body = {"currentPassword": PASSWORD, "newPassword": OTHER}
    await api.fails("POST", "/auth/change-password", 403, body, **bearer(shown["token"]))


async def test_tokens_of_others_are_out_of_reach_but_for_an_admin(api):
    owner, other = await a_user(api), await a_user(api)
    token, stranger = await api_token(api, owner), bearer(await login(api, other))
    mine = bearer(token)
    (row,) = (await api.ask("GET", "/tokens", 200, **mine))["data"]
    assert (await api.ask("GET", "/tokens", 200, **stranger))["data"] == []
    await api.fails("DELETE", f"/tokens/{row['id']}", 404, **stranger)
    everybodys = (await api.ask("GET", "/tokens", 200, **AS_CONSOLE))["data"]
    assert (owner["username"], "t") in {(each["username"], each["name"]) for each in everybodys}
    await api.ask("DELETE", f"/tokens/{row['id']}", 204, **AS_CONSOLE)
    assert not await works(api, token)


async def test_the_last_admin_cannot_be_removed_locked_out_or_demoted(tmp_path):
    async with in_process(tmp_path, server_auth="on", server_console_token=CONSOLE) as api:
        admin = await a_user(api, Role.ADMIN)
        path = f"/users/{admin['id']}"
        for change in ({"enabled": False}, {"role": "user"}, {"role": "user", "enabled": True}):
            await api.fails("PATCH", path, 409, change, **AS_CONSOLE)
        await api.fails("DELETE", path, 409, **AS_CONSOLE)
        assert (await api.ask("GET", path, 200, **AS_CONSOLE))["data"] == admin
        await a_user(api, Role.ADMIN)
        await api.ask("DELETE", path, 204, **AS_CONSOLE)


async def test_where_no_admin_has_an_account_others_can_be_locked_out_and_demoted(tmp_path):
    async with in_process(tmp_path, server_auth="on", server_console_token=CONSOLE) as api:
        path = f"/users/{(await a_user(api))['id']}"
        for change in ({"role": "readonly"}, {"enabled": False}, {"password": OTHER}):
            await api.ask("PATCH", path, 200, json=change, **AS_CONSOLE)


async def test_a_name_is_taken_in_any_case_and_unknown_words_are_refused(api):
    user = await a_user(api)
    body = {"username": user["username"].upper(), "password": PASSWORD}
    assert (await api.fails("POST", "/users", 409, body, **AS_CONSOLE))["details"][0]["field"] == "username"
    error = await api.fails(
        "POST", "/users", 400, {"username": "a b", "password": "short", "role": "king"}, **AS_CONSOLE
    )
    assert {detail["field"] for detail in error["details"]} == {"username", "password", "role"}


async def test_nobody_registers(api):
    assert "an admin adds users" in (await api.fails("POST", "/auth/register", 403))["message"]


async def test_too_many_failures_make_a_name_wait_whatever_address_is_claimed(api):
    user = await a_user(api)
    wrong = {"username": user["username"], "password": "wrong wrong wrong"}
    for number in range(FREE_BY_NAME):
        claimed = {"x-forwarded-for": f"10.0.0.{number}", "x-real-ip": f"10.0.0.{number}"}
        await api.fails("POST", "/auth/login", 401, wrong, headers=claimed)
    answer = await api.client.post("/auth/login", json=wrong, headers={"x-forwarded-for": "10.9.9.9"})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
    assert answer.json()["error"]["code"] == "RATE_LIMITED"
    # Also the right password has to wait: else the answer would say that it is right.
    assert (await login(api, user, status=429))["status"] == 429


async def test_secrets_stand_in_no_answer_and_no_log(api, caplog):
    caplog.set_level(logging.DEBUG)
    secret = "hush-this-is-a-secret"
    bodies = [
        ("POST", "/auth/login", {"username": secret * 20, "password": secret}),
        ("POST", "/auth/login", {"username": "x", "password": {"deep": secret}}),
        ("POST", "/auth/login", {"username": "x", "password": secret * 100}),
        ("POST", "/auth/login", {"username": "x", "password": secret, "role": secret}),
        ("POST", "/auth/login", secret),
        ("POST", "/auth/login", [secret]),
        ("POST", "/auth/login", {"username": "nobody-here", "password": secret}),
        ("POST", "/users", {"username": "x", "password": [secret], "role": "user"}),
        ("POST", "/users", {"username": f"{secret} {secret}", "password": secret}),
        ("PATCH", "/users/1", {"password": secret[:9]}),
        ("POST", "/tokens", {"name": secret}),
    ]
    for method, path, body in bodies:
        answer = await api.client.request(method, path, json=body, **AS_CONSOLE)
        assert 400 <= answer.status_code < 500
        assert secret[:9] not in answer.text, (path, body)
    broken = await api.client.post("/auth/login", content=b'{"password": "' + secret.encode())
    assert broken.status_code in (400, 415)
    assert secret not in broken.text
    answer = await api.client.get(f"/tasks?token={secret}&access_token={secret}")
    assert answer.status_code == 401
    assert secret not in answer.text
    assert CONSOLE not in caplog.text
    assert secret not in "".join(line for line in caplog.text.splitlines() if "httpx" not in line)


async def test_an_unknown_name_costs_a_verification_like_a_known_one(api):
    passwords = running_server(api).identity.passwords
    user = await a_user(api)
    before = passwords.verified
    known = await api.fails(
        "POST", "/auth/login", 401, {"username": user["username"], "password": "wrong" * 5}
    )
    between = passwords.verified
    unknown = await api.fails("POST", "/auth/login", 401, {"username": "nobody", "password": "wrong" * 5})
    assert (between - before, passwords.verified - between) == (1, 1)
    assert known["message"] == unknown["message"]


def running_server(api):
    return api.client._transport.app.api.state.server


async def test_only_hashes_are_kept(api, tmp_path_factory):
    user = await a_user(api)
    tokens = [await login(api, user), await api_token(api, user)]
    kept = b"".join(path.read_bytes() for path in running_server(api).settings.data_dir.glob("ratchet.db*"))
    assert user["username"].encode() in kept
    assert b"$argon2id$" in kept
    assert not [secret for secret in (PASSWORD, *tokens) if secret.encode() in kept]


async def test_the_client_says_what_is_wrong_with_its_token(tmp_path):
    async with transport(tmp_path, workers=1, server_auth="on", server_console_token=CONSOLE) as reached:
        async with Ratchet("http://127.0.0.1", transport=reached, token=CONSOLE) as client:
            assert (await client.tasks.stats()).total_tasks == 5
        for token, told in ((None, "wants a login"), ("rat_wrong", "unknown, expired or revoked")):
            async with Ratchet("http://127.0.0.1", transport=reached, token=token) as client:
                assert (await client.monitoring.health()).status == "healthy"
                with pytest.raises(Forbidden, match=told) as refused:
                    await client.tasks.stats()
                assert refused.value.status == 401


async def test_without_login_there_are_no_accounts(tmp_path):
    async with in_process(tmp_path, workers=1) as api:
        for method, path in (("GET", "/auth/me"), ("GET", "/users"), ("POST", "/auth/logout")):
            assert "wants no login" in (await api.fails(method, path, 409))["message"]
        body = {"username": "x", "password": PASSWORD}
        await api.fails("POST", "/auth/login", 409, body)
        await api.fails("POST", "/users", 409, body)
        await api.ask("GET", "/tasks", 200, **bearer("whatever"))


async def test_who_changed_a_schedule_is_kept_where_the_server_knows(api):
    user = await a_user(api)
    mine = bearer(await api_token(api, user))
    source = {"name": "of-somebody", "sourceCode": "function main() {}"}
    task = (await api.ask("POST", "/tasks", 201, json=source, **mine))["data"]
    body = {"taskId": task["id"], "name": "mine", "cronExpression": "@daily"}
    made = (await api.ask("POST", "/schedules", 201, json=body, **mine))["data"]
    await api.ask("POST", f"/schedules/{made['id']}/disable", 200, **AS_CONSOLE)
    told = await api.ask("GET", f"/schedules/{made['id']}/changes", 200, **mine)
    assert [change["changedBy"] for change in told["data"]] == [None, user["username"]]
