"""Which path and method lead to which handler."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from starlette.responses import Response

from tests.doubles.native import (
    graphql,
    rest_executions,
    rest_jobs,
    rest_others,
    rest_schedules,
    rest_tasks,
)
from tests.doubles.native.call import Call

Handler = Callable[[Call], Response]
AT = "/api/v1"


@dataclass(frozen=True)
class Route:
    """The handlers of a path. What is `outside` knows no limiter, and gets no headers of security."""

    pattern: re.Pattern[str]
    handlers: Mapping[str, Handler]
    outside: bool = False

    @property
    def allowed(self) -> str:
        """Return the value of an `Allow` header."""
        return ",".join("GET,HEAD" if method == "GET" else method for method in self.handlers)


def _route(path: str, outside: bool = False, **handlers: Handler) -> Route:
    pattern = re.escape(path).replace(r"\{id\}", "(?P<id>[^/]+)")
    return Route(re.compile(pattern), handlers, outside)


def _of_noun(noun: str, module: object, *actions: str) -> list[Route]:
    at = f"{AT}/{noun}"
    return [
        _route(at, GET=module.list_all, POST=module.create),  # type: ignore[attr-defined]
        _route(f"{at}/stats", GET=module.stats),  # type: ignore[attr-defined]
        *([_route(f"{at}/sync", POST=rest_tasks.sync)] if noun == "tasks" else []),
        _route(f"{at}/{{id}}", GET=module.get, PATCH=module.update, DELETE=module.delete),  # type: ignore[attr-defined]
        *(_route(f"{at}/{{id}}/{action}", POST=getattr(module, action)) for action in actions),
    ]


ROUTES = [
    *_of_noun("tasks", rest_tasks, "enable", "disable"),
    *_of_noun("executions", rest_executions, "cancel", "retry"),
    _route(f"{AT}/executions/{{id}}/logs", GET=rest_executions.logs),
    *_of_noun("jobs", rest_jobs, "cancel", "retry"),
    *_of_noun("schedules", rest_schedules, "enable", "disable", "trigger"),
    _route(f"{AT}/workers", GET=rest_others.workers),
    _route(f"{AT}/workers/stats", GET=rest_others.worker_stats),
    _route(f"{AT}/auth/login", POST=rest_others.login),
    _route(f"{AT}/auth/register", POST=rest_others.register),
    _route(f"{AT}/auth/me", GET=rest_others.without_session),
    _route(f"{AT}/auth/logout", POST=rest_others.without_session),
    _route(f"{AT}/auth/change-password", POST=rest_others.without_session),
    _route(f"{AT}/mcp/tasks", POST=rest_others.without_mcp),
    _route(
        f"{AT}/mcp/tasks/{{id}}",
        GET=rest_others.without_mcp,
        PATCH=rest_others.without_mcp,
        DELETE=rest_others.bodiless_without_mcp,
    ),
    _route(f"{AT}/mcp/tasks/{{id}}/test", POST=rest_others.without_mcp),
    _route(f"{AT}/mcp/results", POST=rest_others.without_mcp),
    _route(f"{AT}/mcp/results/{{id}}", GET=rest_others.bodiless_without_mcp),
    _route("/health", GET=rest_others.health),
    _route("/health/detailed", GET=rest_others.detailed_health),
    _route("/ready", GET=rest_others.ready),
    _route("/live", GET=rest_others.live),
    _route("/metrics", GET=rest_others.metrics),
    _route("/metrics/prometheus", GET=rest_others.prometheus),
    _route("/api-docs/openapi.json", GET=rest_others.openapi),
    _route("/docs", GET=rest_others.docs),
    _route("/graphql", outside=True, GET=graphql.handle, POST=graphql.handle),
    _route("/", outside=True, GET=rest_others.root),
    _route("/admin", outside=True, GET=rest_others.admin),
]


def find(path: str) -> tuple[Route, str] | None:
    """Return the route of a path, and the id in it; None where there is none."""
    for route in ROUTES:
        found = route.pattern.fullmatch(path)
        if found is not None:
            return route, found.groupdict().get("id", "")
    return None
