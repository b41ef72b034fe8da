"""Who may do what: one table of all operations. What does not stand in it is open to nobody.

`readonly` reads; `service` also brings work: runs, jobs, triggers of schedules; `user` also stops and repeats
work and changes tasks and schedules; `admin` also manages users. What somebody does with the own account
needs no more than a login.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from ratchet_web.models.users import Role
from ratchet_web.server.paths import PREFIX


class Anyone:
    """No login is needed."""


ANYONE: Final = Anyone()
READONLY, SERVICE, USER, ADMIN = Role.READONLY, Role.SERVICE, Role.USER, Role.ADMIN
Rule = Role | Anyone

# Path without the prefix → method → the least role.
RULES: Final[Mapping[str, Mapping[str, Rule]]] = {
    "/health": {"GET": ANYONE},
    "/auth/login": {"POST": ANYONE},
    "/auth/register": {"POST": ANYONE},
    "/auth/me": {"GET": READONLY},
    "/auth/logout": {"POST": READONLY},
    "/auth/change-password": {"POST": READONLY},
    "/tokens": {"GET": READONLY, "POST": READONLY},
    "/tokens/{token_id}": {"DELETE": READONLY},
    "/users": {"GET": ADMIN, "POST": ADMIN},
    "/users/{user_id}": {"GET": ADMIN, "PATCH": ADMIN, "DELETE": ADMIN},
    "/capabilities": {"GET": READONLY},
    "/metrics": {"GET": READONLY},
    "/metrics/prometheus": {"GET": READONLY},
    "/health/detailed": {"GET": READONLY},
    "/ready": {"GET": ANYONE},
    "/live": {"GET": ANYONE},
    "/workers": {"GET": READONLY},
    "/workers/stats": {"GET": READONLY},
    "/series": {"GET": READONLY},
    "/events": {"GET": READONLY},
    # No secret stands in them, and who opens the page in a browser logs in there.
    "/openapi.json": {"GET": ANYONE, "HEAD": ANYONE},
    "/docs": {"GET": ANYONE},
    "/docs/oauth2-redirect": {"GET": ANYONE},
    "/docs/static": {"GET": ANYONE, "HEAD": ANYONE},
    "/tasks": {"GET": READONLY, "POST": USER},
    "/tasks/stats": {"GET": READONLY},
    "/tasks/activity": {"GET": READONLY},
    "/tasks/sync": {"POST": USER},
    "/tasks/check": {"POST": USER},
    "/tasks/try": {"POST": USER},
    "/tasks/{task_id}": {"GET": READONLY, "PUT": USER, "PATCH": USER, "DELETE": USER},
    "/tasks/{task_id}/validate": {"POST": SERVICE},
    "/tasks/{task_id}/versions": {"GET": READONLY},
    "/tasks/{task_id}/versions/{revision}": {"GET": READONLY},
    "/tasks/{task_id}/versions/{revision}/restore": {"POST": USER},
    "/tasks/{task_id}/enable": {"POST": USER},
    "/tasks/{task_id}/disable": {"POST": USER},
    "/executions": {"GET": READONLY, "POST": SERVICE},
    "/executions/stats": {"GET": READONLY},
    "/executions/stats/tasks": {"GET": READONLY},
    "/executions/counts": {"GET": READONLY},
    "/executions/density": {"GET": READONLY},
    "/executions/{execution_id}": {"GET": READONLY, "PATCH": USER, "DELETE": USER},
    "/executions/{execution_id}/payloads/{name}": {"GET": READONLY},
    "/executions/{execution_id}/logs": {"GET": READONLY},
    "/executions/{execution_id}/logs/download": {"GET": READONLY},
    "/executions/{execution_id}/logs/levels": {"GET": READONLY},
    "/executions/{execution_id}/logs/matches": {"GET": READONLY},
    "/executions/{execution_id}/cancel": {"POST": USER},
    "/executions/{execution_id}/retry": {"POST": USER},
    "/jobs": {"GET": READONLY, "POST": SERVICE},
    "/jobs/stats": {"GET": READONLY},
    "/jobs/counts": {"GET": READONLY},
    "/jobs/queue": {"GET": READONLY},
    "/jobs/{job_id}": {"GET": READONLY, "PATCH": USER, "DELETE": USER},
    "/jobs/{job_id}/attempts": {"GET": READONLY},
    "/jobs/{job_id}/deliveries": {"GET": READONLY},
    "/jobs/{job_id}/deliveries/{position}/redeliver": {"POST": USER},
    "/jobs/{job_id}/cancel": {"POST": USER},
    "/jobs/{job_id}/retry": {"POST": USER},
    "/deliveries/test": {"POST": USER},
    "/schedules": {"GET": READONLY, "POST": USER},
    "/schedules/stats": {"GET": READONLY},
    "/schedules/preview": {"GET": READONLY},
    "/schedules/runs": {"GET": READONLY},
    "/schedules/activity": {"GET": READONLY},
    "/schedules/{schedule_id}/activity": {"GET": READONLY},
    "/schedules/{schedule_id}/changes": {"GET": READONLY},
    "/schedules/{schedule_id}": {"GET": READONLY, "PATCH": USER, "DELETE": USER},
    "/schedules/{schedule_id}/enable": {"POST": USER},
    "/schedules/{schedule_id}/disable": {"POST": USER},
    "/schedules/{schedule_id}/trigger": {"POST": SERVICE},
    **{f"/{resource}/bulk": {"POST": USER} for resource in ("tasks", "executions", "jobs", "schedules")},
    "/pauses": {"GET": READONLY},
    "/pauses/queue": {"PUT": USER, "DELETE": USER},
    "/pauses/tasks/{task_id}": {"PUT": USER, "DELETE": USER},
    "/failures": {"GET": READONLY},
    "/failures/{fingerprint}": {"GET": READONLY},
    **{f"/failures/{{fingerprint}}/{act}": {"POST": USER} for act in ("ignore", "resolve", "reopen")},
    "/bulk": {"GET": READONLY},
    "/bulk/{operation_id}": {"GET": READONLY},
    "/bulk/{operation_id}/items": {"GET": READONLY},
    "/bulk/{operation_id}/abort": {"POST": USER},
    "/bulk/{operation_id}/pace": {"POST": USER},
}


def rule(method: str, template: str) -> Rule | None:
    """Return who may do this to the route with this path, None for nobody."""
    return RULES.get(template.removeprefix(PREFIX), {}).get(method)


def allows(needed: Rule, role: Role | None) -> bool:
    """Return whether this role is enough; None is somebody without a login."""
    if isinstance(needed, Anyone):
        return True
    return role is not None and role.rank >= needed.rank


def operations() -> Iterator[tuple[str, str]]:
    """Yield method and path (without the prefix) of everything in the table."""
    yield from ((method, path) for path, methods in RULES.items() for method in methods)
