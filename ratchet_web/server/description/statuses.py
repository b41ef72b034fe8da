"""What each operation may answer beside success: which statuses, and what each of them means there."""

from typing import Any

from ratchet_web.models.users import Role
from ratchet_web.server.access.rules import ANYONE, rule

Json = dict[str, Any]

_MEANINGS = {
    "400": "A parameter or the body is wrong; `details` names the field",
    "401": "A login is needed",
    "403": "This role may not do this, or a page of another site asked",
    "404": "There is no such row",
    "409": "The state of the row forbids it, or this server has no logins",
    "412": "The row was changed meanwhile: it is at another revision",
    "413": "The body is too large",
    "415": "The body is not application/json",
    "429": "Too many at once, or too often; `Retry-After` says when to try again",
    "503": "The database cannot be read or written right now",
}
# The body names a task, or what is asked for or deleted may not be there.
_MAY_MISS_A_ROW = frozenset(
    {
        *(("post", path) for path in ("/executions", "/jobs", "/schedules", "/deliveries/test")),
        ("delete", "/pauses/queue"),
    }
)
# These ask for a login of their own; a server that has none refuses them.
_ACCOUNTS = ("/auth/", "/users", "/tokens")
_NO_ACCOUNT, _LOGIN = "/auth/register", ("post", "/auth/login")
# Written, but whatever the state is.
_IN_ANY_STATE = frozenset(
    {
        ("post", "/tasks/check"),
        ("post", "/tasks/try"),
        ("post", "/deliveries/test"),
        ("post", "/tasks/{task_id}/validate"),
        ("post", "/tasks/{task_id}/enable"),
        ("post", "/tasks/{task_id}/disable"),
        ("patch", "/schedules/{schedule_id}"),
        ("delete", "/schedules/{schedule_id}"),
        ("post", "/schedules/{schedule_id}/enable"),
        ("post", "/schedules/{schedule_id}/disable"),
        *(("delete", f"/pauses/{which}") for which in ("queue", "tasks/{task_id}")),
        *(("post", f"/{noun}/bulk") for noun in ("tasks", "executions", "jobs", "schedules")),
    }
)
# Few of them run at once.
_FEW = frozenset(
    {
        ("post", "/tasks/try"),
        ("post", "/deliveries/test"),
        ("get", "/executions/{execution_id}/logs/matches"),
    }
)
# A password is looked at, or made into a hash: both take a while.
_PASSWORDS = frozenset(
    {
        _LOGIN,
        ("post", "/auth/change-password"),
        ("post", "/users"),
        ("patch", "/users/{user_id}"),
    }
)


def refusals(method: str, path: str, operation: Json) -> dict[str, str]:
    """Return status → what it means, of all that this operation answers beside success.

    `path` has no prefix, `method` small letters.
    """
    named, writes = (method, path), method != "get"
    account = path.startswith(_ACCOUNTS) and path != _NO_ACCOUNT
    needed = rule(method.upper(), path)
    headers = {each["name"].lower() for each in operation.get("parameters", ()) if each["in"] == "header"}
    there = {
        "400": True,
        "401": needed is not ANYONE or named == _LOGIN,
        "403": writes or needed not in (ANYONE, Role.READONLY),
        "404": "{" in path or named in _MAY_MISS_A_ROW,
        "409": account or (writes and named not in _IN_ANY_STATE and path != _NO_ACCOUNT),
        "412": "if-match" in headers,
        "413": "requestBody" in operation,
        "415": "requestBody" in operation,
        "429": named in _PASSWORDS | _FEW,
        "503": True,
    }
    return {status: _MEANINGS[status] for status, answered in there.items() if answered}
