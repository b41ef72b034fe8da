"""The groups in which the description shows its operations, and their order."""

from typing import Any, Final

Json = dict[str, Any]

# Name → (what it is about, the first parts of paths that belong to it).
_TAGS: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "tasks": (
        "JavaScript with an input and an output schema; every change is kept as a version.",
        ("tasks",),
    ),
    "executions": ("Single runs of a task, with input, output, log and what went wrong.", ("executions",)),
    "failures": ("What failed in the same way, how often, and what becomes of it.", ("failures",)),
    "jobs": ("The queue: priorities, times, retries, and where the output goes.", ("jobs", "deliveries")),
    "schedules": ("Cron expressions that queue jobs.", ("schedules",)),
    "pauses": ("What holds jobs back: the queue or a task, with who and why.", ("pauses",)),
    "bulk": ("How acts on many rows are getting on. They begin at `POST /{resource}/bulk`.", ("bulk",)),
    "events": ("Every change as it happens, as server-sent events.", ("events",)),
    "figures": ("Series for charts, metrics as JSON and for Prometheus.", ("series", "metrics")),
    "health": (
        "Whether the server is well, what its workers do, and what it offers.",
        ("health", "ready", "live", "capabilities", "workers"),
    ),
    "auth": ("Login, and what somebody does with the own account.", ("auth",)),
    "users": ("Who may log in; for admins.", ("users",)),
    "tokens": ("What programs send instead of a password.", ("tokens",)),
}
_METHODS: Final = ("get", "post", "put", "patch", "delete")


def tags() -> list[Json]:
    """Return the groups with one line about each, as a document lists them."""
    return [{"name": name, "description": about} for name, (about, _) in _TAGS.items()]


def tag_of(path: str) -> str:
    """Return the group of a path without the prefix; raises `StopIteration` for one without a group."""
    first = path.split("/")[1]
    return next(name for name, (_, parts) in _TAGS.items() if first in parts)


def ordered(paths: Json, prefix: str) -> Json:
    """Return the paths by group: a list before its rows, rows before what else there is of the noun."""

    def place(path: str) -> tuple[int, bool, int, list[tuple[bool, str]]]:
        bare = path.removeprefix(prefix)
        name = tag_of(bare)
        first, *rest = bare.split("/")[1:]
        parts = [("{" not in part, part) for part in rest]
        return list(_TAGS).index(name), bare == path, _TAGS[name][1].index(first), parts

    return {
        path: dict(sorted(paths[path].items(), key=lambda one: _METHODS.index(one[0])))
        for path in sorted(paths, key=place)
    }
